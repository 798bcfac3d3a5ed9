// SPDX-License-Identifier: Apache-2.0
// What a metric set computed, the counters and the samples: stored, viewed, and absent where it is not known.
#include <SQLiteCpp/SQLiteCpp.h>

#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;
using ridge::Error;
namespace fs = std::filesystem;

namespace {

const fs::path versionOne = fs::path(RIDGE_SOURCE_DIR) / "tests/data/db/version-1.sql";

void makeVersionOne(const fs::path& file) {
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(contentOf(versionOne));
}

std::string schemaOf(const fs::path& file) {
    SQLite::Database database(file.string());
    SQLite::Statement rows(database,
                           "SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name");
    std::string text;
    while (rows.executeStep())
        text += rows.getColumn(1).getString() + ": " + rows.getColumn(2).getString() + "\n";
    return text;
}

Record computedRecord() {
    Record record = measuredRecord();
    record.metrics = {
        {"dram__bytes_read.sum", 9e8}, {"zero_by_probe:hmma.sum", 0}, {"ridge__display_active", 1}};
    record.metricUnits = {{"dram__bytes_read.sum", "byte"}, {"not delivered", "byte"}};
    record.computed = {{"quantity", "l2_hit_bytes", 3e8, "byte", false},
                       {"path", "half2", 64, "flop", true},
                       {"path", "tensor_int8", 0, "op", false}};
    return record;
}

std::int64_t addTo(Store& store, const Record& record) {
    return store.addPoint(store.addRun({}), store.addDevice(a40("GPU-1"), {}), record);
}

using Row = std::vector<Cell>;

}  // namespace

TEST_CASE("counters and what was computed of them are told apart, with their units") {
    Store store = Store::inMemory();
    const std::int64_t id = addTo(store, computedRecord());
    const Table table = Results::of(store).table("v_metrics", "", "name");
    const Cell null = std::monostate{};
    const auto text = [](const char* words) { return Cell{std::string(words)}; };
    const auto flag = [](std::int64_t value) { return Cell{value}; };
    CHECK(table.columns ==
          std::vector<std::string>{"point_id", "name", "value", "unit", "origin", "upper_bound"});
    CHECK(table.rows ==
          std::vector<Row>{{id, text("dram__bytes_read.sum"), 9e8, text("byte"), text("counter"), flag(0)},
                           {id, text("half2"), 64.0, text("flop"), text("path"), flag(1)},
                           {id, text("l2_hit_bytes"), 3e8, text("byte"), text("quantity"), flag(0)},
                           {id, text("ridge__display_active"), 1.0, null, text("observed"), flag(0)},
                           {id, text("tensor_int8"), 0.0, text("op"), text("path"), flag(0)},
                           {id, text("zero_by_probe:hmma.sum"), 0.0, null, text("known_zero"), flag(0)}});
}

TEST_CASE("a quantity and a path may bear one name") {
    Store store = Store::inMemory();
    Record record = computedRecord();
    record.computed = {{"quantity", "fp32", 1, "flop", false}, {"path", "fp32", 2, "flop", false}};
    addTo(store, record);
    CHECK(Results::of(store).table("v_metrics", "name = 'fp32'").rows.size() == 2);
}

TEST_CASE("a computed value of no kind, without a number or without a unit is refused with its point") {
    Store store = Store::inMemory();
    const auto refused = [&](const ComputedValue& value) {
        Record record = computedRecord();
        record.computed = {value};
        CHECK_THROWS_AS(addTo(store, record), ridge::Error);
    };
    refused({"guess", "a", 1, "byte", false});
    refused({"path", "", 1, "byte", false});
    refused({"path", "a", 1, "", false});
    refused({"path", "a", 1 / 0.0, "byte", false});
    CHECK(Results::of(store).points().empty());
}

TEST_CASE("a point that is replaced keeps nothing of what was computed before") {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40("GPU-1"), {});
    const auto id = store.addPoint(run, device, computedRecord());
    Record again = measuredRecord();
    again.computed = {{"path", "fp32", 5, "flop", false}};
    store.replacePoint(id, run, device, again);
    const Table table = Results::of(store).table("v_metrics", "origin = 'path'", "", {"point_id", "name"});
    CHECK(table.rows == std::vector<Row>{{Cell{id}, Cell{std::string("fp32")}}});
}

TEST_CASE("samples are public, in their order") {
    Store store = Store::inMemory();
    const std::int64_t id = addTo(store, measuredRecord());
    const Table table = Results::of(store).table("v_samples");
    CHECK(table.columns == std::vector<std::string>{"point_id", "ordinal", "time_ns", "sm_clock_hz",
                                                    "memory_clock_hz", "temperature_c", "power_w",
                                                    "throttle"});
    REQUIRE(table.rows.size() == 2);
    CHECK(table.rows[0][1] == Cell{std::int64_t{0}});
    CHECK(std::holds_alternative<std::monostate>(table.rows[0][3]));
    CHECK(table.rows[1] ==
          Row{Cell{id}, Cell{std::int64_t{1}}, 2e6, 1.7e9, 7.2e9, 50.0, 280.0, Cell{std::string("power")}});
}

TEST_CASE("a file of schema version 1 is read whole and stays as it is") {
    const TemporaryFolder folder;
    const fs::path file = folder / "old.db";
    makeVersionOne(file);
    const std::string before = contentOf(file);
    const Results results = Results::open(file);
    REQUIRE(results.points().size() == 1);
    CHECK(results.points()[0].point.op == "up");
    CHECK(results.table("v_samples").rows.size() == 2);
    const Table metrics = results.table("v_metrics", "", "", {"name", "unit", "origin"});
    const Cell null = std::monostate{};
    CHECK(
        metrics.rows ==
        std::vector<Row>{{Cell{std::string("dram__bytes_read.sum")}, null, Cell{std::string("counter")}},
                         {Cell{std::string("ridge__display_active")}, null, Cell{std::string("observed")}}});
    CHECK(contentOf(file) == before);
}

TEST_CASE("appending to a file of schema version 1 leaves one as it would be made today, with all it held") {
    const TemporaryFolder folder;
    const fs::path file = folder / "old.db";
    makeVersionOne(file);
    {
        Store store = Store::openForAppending(file);
        addTo(store, computedRecord());
    }
    {
        Store store = Store::openForAppending(folder / "new.db");
        addTo(store, computedRecord());
    }
    CHECK(schemaOf(file) == schemaOf(folder / "new.db"));
    const Results results = Results::open(file);
    CHECK(results.points().size() == 2);
    CHECK(results.ceilings().size() == 2);
    CHECK(results.table("v_kernels").rows.size() == 1);
    CHECK(results.table("v_metrics", "point_id = 1").rows.size() == 2);
    CHECK(results.table("v_metrics", "point_id = 2 AND origin = 'path'").rows.size() == 2);
    SQLite::Database database(file.string());
    CHECK(database.execAndGet("SELECT text FROM note").getString() == "kept");
    CHECK(database.execAndGet("PRAGMA integrity_check").getString() == "ok");
}

TEST_CASE("a file that lacks what its own schema version has is damaged") {
    const TemporaryFolder folder;
    for (const char* lost : {"DROP VIEW v_metrics", "DROP VIEW v_samples", "DROP TABLE quantity"}) {
        INFO(lost);
        const fs::path file = folder / (std::string(lost).substr(5, 10) + ".db");
        {
            Store store = Store::openForAppending(file);
            addTo(store, computedRecord());
        }
        SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec(lost);
        CHECK_THAT(errorOf([&] { (void)Results::open(file); }).what(), ContainsSubstring("damaged"));
    }
}

TEST_CASE("details stand beside their points, and a point measured as another has the other's") {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40("GPU-1"), {});
    Record shared = measuredRecord();
    shared.point.op = "gate";
    shared.samples.clear();
    shared.metrics.clear();
    store.addPoints(run, device,
                    std::vector<Store::LinkedRecord>{{computedRecord(), {}, {}}, {shared, {}, 0}});
    const Results results = Results::of(store);
    const Table gate = results.details("v_metrics", "operator = 'gate' AND name LIKE 'l2%'");
    CHECK(gate.columns == std::vector<std::string>{"point_id", "measured_as", "series", "operator", "phase",
                                                   "batch", "seq", "spec", "model", "device", "device_uuid",
                                                   "name", "value", "unit", "origin", "upper_bound"});
    REQUIRE(gate.rows.size() == 1);
    CHECK(gate.rows[0][0] == Cell{std::int64_t{2}});
    CHECK(gate.rows[0][1] == Cell{std::int64_t{1}});
    CHECK(gate.rows[0][12] == Cell{3e8});

    const Table all = results.details("v_metrics");
    REQUIRE(all.rows.size() == 12);
    CHECK(all.rows[0][11] == Cell{std::string("l2_hit_bytes")});  // what was computed comes first
    CHECK(all.rows[5][11] == Cell{std::string("dram__bytes_read.sum")});
    CHECK(results.details("v_metrics", "", "-value").rows[0][12] == Cell{9e8});
    // time_ns is the sample's, 1.9 and 2 ms, not the point's 2 ms.
    CHECK(results.details("v_samples", "time_ns < 1.95e6 AND dram_bytes = 1e9").rows.size() == 2);
    CHECK(results.details("v_samples").rows.size() == 4);
    CHECK(results.details("v_kernels").rows.empty());
}

TEST_CASE("an expression over details reads public columns alone") {
    Store store = Store::inMemory();
    addTo(store, computedRecord());
    const Results results = Results::of(store);
    for (const char* where : {"nme = 'x'", "compute_path = 'fp32'", "p.point_id = 1", "v.kind = 'path'",
                              "(SELECT 1)", "name = \"x\"", "1) OR (1", "load_extension('x')"}) {
        INFO(where);
        const Error error = errorOf([&] { (void)results.details("v_metrics", where); });
        CHECK(error.code() == ridge::ExitCode::usage);
    }
    CHECK_THAT(errorOf([&] { (void)results.details("v_metrics", "orign = 'path'"); }).hint(),
               ContainsSubstring("origin"));
    CHECK_THAT(errorOf([&] { (void)results.details("v_metrics", "", "roof_fraction"); }).what(),
               ContainsSubstring("v_metrics has no column 'roof_fraction'"));
    CHECK_THAT(errorOf([&] { (void)results.details("point"); }).what(), ContainsSubstring("no view"));
}
