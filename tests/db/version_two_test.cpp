// SPDX-License-Identifier: Apache-2.0
// tests/data/db/version-2.db is a file as the last program of schema version 2 wrote it: points measured on a
// fake GPU and modelled, shared, failed and skipped, with samples, counters and computed values, ceilings and
// a self-test.
#include <SQLiteCpp/SQLiteCpp.h>

#include <map>

#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;
namespace fs = std::filesystem;

namespace {

const fs::path versionTwo = fs::path(RIDGE_SOURCE_DIR) / "tests/data/db/version-2.db";

std::vector<std::string> linesOf(SQLite::Database& database, const std::string& sql) {
    std::vector<std::string> lines;
    SQLite::Statement rows(database, sql);
    while (rows.executeStep()) lines.push_back(rows.getColumn(0).getString());
    return lines;
}

/// Of every table and view, the expression that makes one text of all its columns.
std::map<std::string, std::string> contentsOf(SQLite::Database& database) {
    std::map<std::string, std::string> expressions;
    for (const std::string& name :
         linesOf(database, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")) {
        std::string& expression = expressions[name];
        for (const std::string& column :
             linesOf(database, "SELECT name FROM pragma_table_info('" + name + "') ORDER BY cid"))
            expression += (expression.empty() ? "" : " || ',' || ") + ("quote(\"" + column + "\")");
    }
    return expressions;
}

std::vector<std::string> rowsOf(SQLite::Database& database, const std::string& name,
                                const std::string& expression) {
    return linesOf(database, "SELECT " + expression + " FROM \"" + name + "\" ORDER BY 1");
}

std::string schemaOf(SQLite::Database& database) {
    std::string text;
    for (const std::string& line :
         linesOf(database, "SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name"))
        text += line + "\n";
    return text;
}

}  // namespace

TEST_CASE("a file of schema version 2 comes forward with every row of every table and view as it was") {
    const TemporaryFolder folder;
    const fs::path file = folder / "old.db";
    fs::copy_file(versionTwo, file);
    SQLite::Database old(versionTwo.string(), SQLite::OPEN_READONLY);
    REQUIRE(old.execAndGet("PRAGMA user_version").getInt() == 2);
    Store::openForAppending(file).close();
    SQLite::Database now(file.string(), SQLite::OPEN_READONLY);
    CHECK(now.execAndGet("PRAGMA user_version").getInt() > 2);
    std::size_t rows = 0;
    for (const auto& [name, expression] : contentsOf(old)) {
        INFO(name);
        const std::vector<std::string> before = rowsOf(old, name, expression);
        CHECK(before == rowsOf(now, name, expression));
        rows += before.size();
    }
    CHECK(rows > 300);
    CHECK(now.execAndGet("PRAGMA integrity_check").getString() == "ok");
    CHECK(linesOf(now, "SELECT * FROM pragma_foreign_key_check").empty());
    Store::openForAppending(folder / "new.db").addRun({});
    SQLite::Database fresh((folder / "new.db").string(), SQLite::OPEN_READONLY);
    CHECK(schemaOf(now) == schemaOf(fresh));
}

TEST_CASE("a file of schema version 2 is read as it is, with what views have since come to tell") {
    const std::string before = contentOf(versionTwo);
    const Results results = Results::open(versionTwo);
    CHECK(results.points().size() == 37);
    CHECK(results.points("status = 'failed'").size() == 2);
    CHECK(results.points("parent_id IS NOT NULL AND measured_as IS NOT NULL").size() == 1);
    CHECK(results.table("v_metrics", "name = 'l2_served_bytes'").rows.size() == 4);
    const Table share = results.table("v_ceilings", "origin = 'measured' AND name = 'dram_copy'", "",
                                      {"value", "of_datasheet"});
    REQUIRE(share.rows.size() == 1);
    CHECK(share.rows[0][0] == Cell{640e9});
    CHECK_THAT(std::get<double>(share.rows[0][1]), WithinRel(640.0 / 696, 1e-12));
    CHECK(contentOf(versionTwo) == before);
}
