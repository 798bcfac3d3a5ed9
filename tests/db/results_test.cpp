// SPDX-License-Identifier: Apache-2.0
#include "db/results.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include "db/open_checks.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;
using ridge::ExitCode;
namespace fs = std::filesystem;

namespace {

/// Batches 4, NULL, 1, 8 in this order.
void fill(Store& store) {
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40("GPU-1"), a40Sheet());
    for (const auto& batch : {std::optional<std::int64_t>(4), std::optional<std::int64_t>(),
                              std::optional<std::int64_t>(1), std::optional<std::int64_t>(8)}) {
        Record record = measuredRecord();
        record.point.batch = batch;
        store.addPoint(run, device, record);
    }
}

std::vector<Cell> columnOf(const Table& table) {
    std::vector<Cell> cells;
    cells.reserve(table.rows.size());
    for (const auto& row : table.rows) cells.push_back(row.at(0));
    return cells;
}

const Cell null = std::monostate{};
Cell number(std::int64_t value) {
    return value;
}

void copyOf(const fs::path& from, const fs::path& to, const std::vector<std::string>& suffixes) {
    for (const std::string& suffix : suffixes) fs::copy_file(from.string() + suffix, to.string() + suffix);
}

}  // namespace

TEST_CASE("a table has the columns asked for, in that order, with types") {
    Store store = Store::inMemory();
    fill(store);
    const Results results = Results::of(store);
    const Table table =
        results.table("v_points", "batch = 4", "", {"time_ns", "operator", "spec", "point_id"});
    CHECK(table.columns == std::vector<std::string>{"time_ns", "operator", "spec", "point_id"});
    REQUIRE(table.rows.size() == 1);
    CHECK(table.rows[0] == std::vector<Cell>{2e6, std::string("up"), null, std::int64_t{1}});
    CHECK(results.table("v_points").columns.size() == results.table("v_points").rows.at(0).size());
    CHECK(results.table("v_runs", "state = 'running'").rows.size() == 1);
    CHECK(results.table("v_ceilings", "kind = 'memory'", "-value", {"name"}).rows.size() == 1);
}

TEST_CASE("rows are sorted by a column, descending with '-', NULLs last, ties as in the file") {
    Store store = Store::inMemory();
    fill(store);
    const Results results = Results::of(store);
    const auto sorted = [&](const char* sort) {
        return columnOf(results.table("v_points", "", sort, {"batch"}));
    };
    CHECK(sorted("") == std::vector{number(4), null, number(1), number(8)});
    CHECK(sorted("batch") == std::vector{number(1), number(4), number(8), null});
    CHECK(sorted("-batch") == std::vector{number(8), number(4), number(1), null});
    CHECK(sorted("operator") == std::vector{number(4), null, number(1), number(8)});
    CHECK(sorted("-operator") == std::vector{number(4), null, number(1), number(8)});
}

TEST_CASE("unknown columns and views are usage errors with what there is") {
    Store store = Store::inMemory();
    const Results results = Results::of(store);
    const auto sort = errorOf([&] { (void)results.table("v_points", "", "tme_ns"); });
    CHECK(sort.code() == ExitCode::usage);
    CHECK_THAT(sort.hint(), ContainsSubstring("time_ns"));
    CHECK_THROWS_AS(results.table("v_points", "", "--batch"), ridge::Error);
    CHECK_THROWS_AS(results.table("v_points", "", "batch DESC; DROP TABLE run"), ridge::Error);
    CHECK_THROWS_AS(results.table("v_points", "", "", {"compute_path"}), ridge::Error);
    CHECK_THROWS_AS(results.table("v_points", "", "", {"batch\" FROM run --"}), ridge::Error);
    for (const char* view : {"point", "roof", "sqlite_schema", "", "v_points WHERE 1 --"}) {
        CHECK(errorOf([&] { (void)results.table(view); }).code() == ExitCode::usage);
    }
    CHECK_THROWS_AS(results.table("v_runs", "batch = 1"), ridge::Error);
}

TEST_CASE("reading leaves the file and its folder as they were") {
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    {
        Store store = Store::openForAppending(file);
        fill(store);
    }
    const std::string before = contentOf(file);
    {
        const Results results = Results::open(file);
        CHECK(results.points().size() == 4);
        CHECK(folder.names() == std::set<std::string>{"ridge.db"});
    }
    CHECK(folder.names() == std::set<std::string>{"ridge.db"});
    CHECK(contentOf(file) == before);
}

TEST_CASE("a file that is being collected into is read, and what is committed shows at once") {
    const TemporaryFolder folder;
    Store store = Store::openForAppending(folder / "ridge.db");
    fill(store);
    const Results results = Results::open(folder / "ridge.db");
    CHECK(results.points().size() == 4);
    fill(store);
    CHECK(results.points().size() == 8);
}

TEST_CASE("a reader does not see half a transaction") {
    const TemporaryFolder folder;
    Store store = Store::openForAppending(folder / "ridge.db");
    fill(store);
    SQLite::Database writer(std::string(folder / "ridge.db"), SQLite::OPEN_READWRITE);
    writer.exec("BEGIN IMMEDIATE; DELETE FROM point");
    CHECK(Results::open(folder / "ridge.db").points().size() == 4);
    writer.exec("ROLLBACK");
}

TEST_CASE("the copy of a live file is read with its WAL, without a trace") {
    const TemporaryFolder folder;
    const TemporaryFolder elsewhere;
    Store store = Store::openForAppending(folder / "ridge.db");
    fill(store);
    REQUIRE(inWalMode(folder / "ridge.db"));
    REQUIRE(sideFiles(folder / "ridge.db").walBytes > 0);
    const auto copy = elsewhere / "copy.db";
    copyOf(folder / "ridge.db", copy, {"", "-wal"});
    const std::string before = contentOf(copy);
    CHECK(Results::open(copy).points().size() == 4);
    CHECK(elsewhere.names() == std::set<std::string>{"copy.db", "copy.db-wal"});
    CHECK(contentOf(copy) == before);
}

TEST_CASE("a file left in WAL mode without a WAL is read without a trace") {
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    {
        Store store = Store::openForAppending(file);
        fill(store);
    }
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA journal_mode = WAL");
    REQUIRE(folder.names() == std::set<std::string>{"ridge.db"});
    REQUIRE(inWalMode(file));
    const std::string before = contentOf(file);
    const Results results = Results::open(file);
    CHECK(results.points().size() == 4);
    CHECK(folder.names() == std::set<std::string>{"ridge.db"});
    CHECK(contentOf(file) == before);
}

TEST_CASE("a file with the journal of a killed writer is read as of before, without a trace") {
    const TemporaryFolder folder;
    const TemporaryFolder elsewhere;
    const auto file = folder / "ridge.db";
    {
        Store store = Store::openForAppending(file);
        fill(store);
    }
    const auto copy = elsewhere / "copy.db";
    {
        // Spill to the file in mid-transaction, as a kill would leave it.
        SQLite::Database writer(file.string(), SQLite::OPEN_READWRITE);
        writer.exec(
            "PRAGMA cache_size = 1; BEGIN IMMEDIATE; DELETE FROM sample; DELETE FROM metric;"
            "UPDATE point SET tags = hex(zeroblob(3000)); DELETE FROM point");
        REQUIRE(sideFiles(file).journalBytes > 0);
        copyOf(file, copy, {"", "-journal"});
        writer.exec("ROLLBACK");
    }
    const std::string before = contentOf(copy);
    REQUIRE(before != contentOf(file));
    CHECK(Results::open(copy).points().size() == 4);
    CHECK(Results::open(copy).points().at(0).point.tags.empty());
    CHECK(elsewhere.names() == std::set<std::string>{"copy.db", "copy.db-journal"});
    CHECK(contentOf(copy) == before);
}
