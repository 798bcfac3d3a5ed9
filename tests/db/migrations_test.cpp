// SPDX-License-Identifier: Apache-2.0
#include "db/migrations.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>

#include "db/read_access.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;

namespace {

constexpr Migration first{1, "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);"};
constexpr Migration second{2, "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x * 2;"};
constexpr Migration broken{3, "CREATE TABLE b (z INTEGER) STRICT; INSERT INTO missing VALUES (1);"};

SQLite::Database inMemory() {
    return SQLite::Database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
}

std::string schemaOf(SQLite::Database& database) {
    SQLite::Statement rows(database, "SELECT coalesce(sql, '') FROM sqlite_schema ORDER BY name");
    std::string text;
    while (rows.executeStep()) text += rows.getColumn(0).getString() + "\n";
    return text;
}

}  // namespace

TEST_CASE("the embedded steps count from one without gaps") {
    int version = 0;
    for (const Migration& step : migrations()) {
        CHECK(step.version == ++version);
        CHECK(step.sql.find("CREATE") != std::string_view::npos);
    }
    CHECK(latestVersion(migrations()) == version);
    CHECK(version >= 1);
}

TEST_CASE("an old database gets the steps it lacks and no other") {
    auto database = inMemory();
    migrate(database, std::array{first});
    CHECK(schemaVersion(database) == 1);
    database.exec("INSERT INTO a VALUES (8)");
    migrate(database, std::array{first, second});
    CHECK(schemaVersion(database) == 2);
    CHECK(database.execAndGet("SELECT sum(y) FROM a").getInt() == 30);
    migrate(database, std::array{first, second});
    CHECK(database.execAndGet("SELECT count(*) FROM a").getInt() == 2);
}

TEST_CASE("migrated step by step equals fresh") {
    auto stepped = inMemory();
    migrate(stepped, std::array{first});
    migrate(stepped, std::array{first, second});
    auto fresh = inMemory();
    migrate(fresh, std::array{first, second});
    CHECK(schemaOf(stepped) == schemaOf(fresh));
}

TEST_CASE("a failing step leaves the old version, also of the steps before it") {
    auto database = inMemory();
    migrate(database, std::array{first});
    const std::string before = schemaOf(database);
    CHECK_THROWS_AS(migrate(database, std::array{first, second, broken}), SQLite::Exception);
    CHECK(schemaVersion(database) == 1);
    CHECK(schemaOf(database) == before);
    migrate(database, std::array{first, second});
    CHECK(schemaVersion(database) == 2);
}

TEST_CASE("a step that breaks a foreign key is not committed") {
    constexpr Migration keys{1,
                             "CREATE TABLE p (i INTEGER PRIMARY KEY) STRICT;"
                             "CREATE TABLE c (p INTEGER REFERENCES p) STRICT; INSERT INTO c VALUES (5);"};
    auto database = inMemory();
    CHECK_THROWS_AS(migrate(database, std::array{keys}), SQLite::Exception);
    CHECK(schemaVersion(database) == 0);
}

TEST_CASE("an older database is read through a migrated copy and stays as it is") {
    auto database = inMemory();
    migrate(database, std::array{first});
    const auto copy = migratedCopy(database, std::array{first, second});
    CHECK(schemaVersion(*copy) == 2);
    CHECK(copy->execAndGet("SELECT y FROM a").getInt() == 14);
    CHECK(schemaVersion(database) == 1);
}
