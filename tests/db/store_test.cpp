// SPDX-License-Identifier: Apache-2.0
#include "db/store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <limits>
#include <regex>

#include "db/open_checks.hpp"
#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;

namespace {

std::string only(const Results& results, const std::string& view, const std::string& column) {
    const Table table = results.table(view, "", "", {column});
    REQUIRE(table.rows.size() == 1);
    return std::get<std::string>(table.rows[0][0]);
}

}  // namespace

TEST_CASE("a finished file is one plain file with everything in it") {
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    {
        Store store = Store::openForAppending(file);
        const auto run = store.addRun({});
        store.addPoint(run, store.addDevice(a40("GPU-1"), a40Sheet()), measuredRecord());
        store.finishRun(run, "finished");
        store.close();
    }
    CHECK(folder.names() == std::set<std::string>{"ridge.db"});
    CHECK_FALSE(inWalMode(file));
    SQLite::Database plain(file.string());
    CHECK(plain.execAndGet("SELECT count(*) FROM sample").getInt() == 2);
    CHECK(plain.execAndGet("SELECT power_w FROM sample WHERE throttle = 'power'").getDouble() == 280);
    CHECK(plain.execAndGet("SELECT value FROM metric WHERE name = 'dram__bytes_read.sum'").getDouble() ==
          9e8);
    CHECK(plain.execAndGet("PRAGMA integrity_check").getString() == "ok");
}

TEST_CASE("every column of a point comes back as it was stored") {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40("GPU-1"), {});
    Record record = measuredRecord();
    Point& point = record.point;
    point.series = "up/gate/down spec: 16";
    point.spec = 16;
    point.params = R"({"splits":4})";
    point.timeLowNs = 1.9e6;
    point.timeHighNs = 0.1 + 0.2;
    point.invariant = false;
    point.deterministic = true;
    point.tags = "nightly";
    point.smClockHz = 1.41e9;
    store.addPoint(run, device, record);
    const PointRow row = Results::of(store).points().at(0);
    CHECK(row.point.series == point.series);
    CHECK(row.point.spec == 16);
    CHECK_FALSE(row.point.batch.has_value());
    CHECK(row.point.params == point.params);
    CHECK(row.point.timeHighNs == 0.1 + 0.2);
    CHECK(row.point.invariant == false);
    CHECK(row.point.deterministic == true);
    CHECK(row.point.tags == "nightly");
    CHECK(row.device == "NVIDIA A40");
    CHECK(row.deviceUuid == "GPU-1");
    CHECK(row.chip == "GA102");
}

TEST_CASE("a run gets a random uuid of version 4 and its times in UTC") {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    const Results results = Results::of(store);
    const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    const std::regex time("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    CHECK(std::regex_match(only(results, "v_runs", "run_uuid"), uuid));
    CHECK(std::regex_match(only(results, "v_runs", "started_at"), time));
    CHECK(only(results, "v_runs", "state") == "running");
    store.finishRun(run, "interrupted");
    CHECK(only(results, "v_runs", "state") == "interrupted");
    CHECK(std::regex_match(only(results, "v_runs", "finished_at"), time));
    store.addRun({});
    const Table runs = results.table("v_runs");
    CHECK(runs.rows[0][0] != runs.rows[1][0]);
    CHECK_THROWS_AS(store.finishRun(run, "sleeping"), ridge::Error);
    CHECK_THROWS_AS(store.finishRun(99, "finished"), ridge::Error);
}

TEST_CASE("a device is one row by uuid, or by name without case where it has none") {
    Store store = Store::inMemory();
    const auto first = store.addDevice(a40("GPU-1"), a40Sheet());
    CHECK(store.addDevice(a40("GPU-1"), {}) == first);
    CHECK(store.addDevice(a40("GPU-2"), {}) != first);
    const auto nameless = store.addDevice(a40(), {});
    CHECK(nameless != first);
    Device lower = a40();
    lower.name = "nvidia a40";
    CHECK(store.addDevice(lower, {}) == nameless);
}

TEST_CASE("a ceiling is added once; a new measurement of it is another one") {
    Store store = Store::inMemory();
    auto ceilings = a40Sheet();
    store.addDevice(a40("GPU-1"), ceilings);
    store.addDevice(a40("GPU-1"), ceilings);
    CHECK(Results::of(store).ceilings().size() == 2);
    Ceiling measured = ceiling("dram", 640e9, "measured");
    measured.measuredAt = "2025-01-01T00:00:00Z";
    store.addDevice(a40("GPU-1"), std::vector{measured});
    measured.measuredAt = "2025-01-02T00:00:00Z";
    store.addDevice(a40("GPU-1"), std::vector{measured, measured});
    const auto rows = Results::of(store).ceilings();
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].device == "NVIDIA A40");
    CHECK(rows[1].ceiling.clockHz == 1.74e9);
    CHECK(rows[3].ceiling.measuredAt == "2025-01-02T00:00:00Z");
    // A ceiling that breaks a rule is an error, not a duplicate.
    CHECK_THROWS_AS(store.addDevice(a40("GPU-1"), std::vector{ceiling("fp32", -1, "measured")}),
                    ridge::Error);
}

TEST_CASE("what was unknown of a device is filled in later, what was known stays") {
    Store store = Store::inMemory();
    Device device = a40("GPU-1");
    device.chip.clear();
    store.addDevice(device, {});
    device.chip = "GA102";
    device.host = "node1";
    const auto id = store.addDevice(device, {});
    device.host = "node2";
    store.addDevice(device, {});
    store.addPoint(store.addRun({}), id, measuredRecord());
    const PointRow row = Results::of(store).points().at(0);
    CHECK(row.chip == "GA102");
    CHECK(row.host == "node1");
}

TEST_CASE("linked records become parents and sharers by their index") {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40(), {});
    const Record record = measuredRecord();
    store.addPoint(run, device, record);
    const std::vector<Store::LinkedRecord> records{{record, {}, {}}, {record, 0, {}}, {record, 0, 1}};
    const auto ids = store.addPoints(run, device, records);
    REQUIRE(ids.size() == 3);
    const auto rows = Results::of(store).points();
    CHECK_FALSE(rows[1].point.parentId.has_value());
    CHECK(rows[2].point.parentId == ids[0]);
    CHECK(rows[3].point.parentId == ids[0]);
    CHECK(rows[3].point.measuredAs == ids[1]);
    const std::vector<Store::LinkedRecord> forward{{record, {}, {}}, {record, 1, {}}};
    CHECK_THROWS_AS(store.addPoints(run, device, forward), ridge::Error);
    CHECK(Results::of(store).points().size() == 4);  // none of the two
}

TEST_CASE("a failed point that is replaced keeps its id, its children and its sharers") {
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    Store store = Store::openForAppending(file);
    const auto device = store.addDevice(a40(), {});
    Record failed = measuredRecord();
    failed.point.status = Status::failed;
    failed.point.statusReason = "the worker died";
    const std::vector<Store::LinkedRecord> records{
        {failed, {}, {}}, {measuredRecord(), 0, {}}, {measuredRecord(), {}, 0}};
    const auto ids = store.addPoints(store.addRun({}), device, records);

    Run again;
    again.uuid = "00000000-0000-4000-8000-000000000002";
    Record good = measuredRecord();
    good.samples.resize(1);
    good.metrics = {{"dram__bytes_read.sum", 7e8}};
    store.replacePoint(ids[0], store.addRun(again), device, good);

    store.close();

    const auto rows = Results::open(file).points();
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].point.id == ids[0]);
    CHECK(rows[0].point.status == Status::ok);
    CHECK(rows[0].point.statusReason.empty());
    CHECK(rows[0].runUuid == again.uuid);
    CHECK(rows[1].point.parentId == ids[0]);
    CHECK(rows[1].runUuid != again.uuid);
    CHECK(rows[2].point.measuredAs == ids[0]);
    SQLite::Database database(file.string());
    const auto samples = [&](std::int64_t id) {
        return database.execAndGet("SELECT count(*) FROM sample WHERE point_id = " + std::to_string(id))
            .getInt();
    };
    CHECK(samples(ids[0]) == 1);
    CHECK(samples(ids[1]) == 2);
    CHECK(database.execAndGet("SELECT total(value) FROM metric WHERE point_id = " + std::to_string(ids[0]))
              .getDouble() == 7e8);
}

TEST_CASE("a point that is not there, or a record that breaks a rule, replaces nothing") {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40(), {});
    const auto id = store.addPoint(run, device, measuredRecord());
    CHECK_THROWS_AS(store.replacePoint(id + 1, run, device, measuredRecord()), ridge::Error);
    Record broken = measuredRecord();
    broken.point.timeNs = -1;
    CHECK_THROWS_AS(store.replacePoint(id, run, device, broken), ridge::Error);
    REQUIRE(Results::of(store).points().size() == 1);
    CHECK(Results::of(store).points()[0].point.timeNs == measuredRecord().point.timeNs);
}

TEST_CASE("a point that breaks a rule leaves nothing behind, and the next one is stored") {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40(), {});
    const auto refused = [&](const std::function<void(Record&)>& spoil) {
        Record record = measuredRecord();
        spoil(record);
        return std::string(errorOf([&] { store.addPoint(run, device, record); }).what());
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THAT(refused([&](Record& r) { r.point.timeNs = nan; }), ContainsSubstring("time_ns"));
    CHECK_THAT(refused([&](Record& r) { r.samples[1].timeNs = 1 / 0.0; }), ContainsSubstring("time_ns"));
    CHECK_THAT(refused([&](Record& r) { r.metrics["odd"] = nan; }), ContainsSubstring("odd"));
    CHECK_THAT(refused([](Record& r) { r.point.params = "[1]"; }), ContainsSubstring("params"));
    CHECK_THAT(refused([](Record& r) { r.point.params = "{broken}"; }), ContainsSubstring("params"));
    CHECK_THAT(refused([](Record& r) { r.point.timeNs = -1; }), ContainsSubstring("time_ns"));
    CHECK_THAT(refused([](Record& r) { r.kernels.resize(2); }), ContainsSubstring("UNIQUE"));
    CHECK(Results::of(store).points().empty());
    store.addPoint(run, device, measuredRecord());
    CHECK(Results::of(store).points().size() == 1);
}

TEST_CASE("a file that was created for nothing is removed, one that was there is not") {
    const TemporaryFolder folder;
    { const Store unused = Store::openForAppending(folder / "new.db"); }
    CHECK(folder.names().empty());
    write(folder / "empty.db", "");
    { const Store unused = Store::openForAppending(folder / "empty.db"); }
    CHECK(folder.names() == std::set<std::string>{"empty.db"});
    {
        Store used = Store::openForAppending(folder / "used.db");
        used.addRun({});
    }
    { const Store unused = Store::openForAppending(folder / "used.db"); }
    CHECK(folder.names() == std::set<std::string>{"empty.db", "used.db"});
}

TEST_CASE("appending keeps what was there") {
    const TemporaryFolder folder;
    for (int i = 0; i < 3; ++i) {
        Store store = Store::openForAppending(folder / "ridge.db");
        store.addPoint(store.addRun({}), store.addDevice(a40(), a40Sheet()), measuredRecord());
    }
    const Results results = Results::open(folder / "ridge.db");
    CHECK(results.points().size() == 3);
    CHECK(results.table("v_runs").rows.size() == 3);
    CHECK(results.ceilings().size() == 2);
}

TEST_CASE("two writers take turns") {
    const TemporaryFolder folder;
    Store one = Store::openForAppending(folder / "ridge.db");
    const auto runOne = one.addRun({});
    Store two = Store::openForAppending(folder / "ridge.db");
    const auto runTwo = two.addRun({});
    for (int i = 0; i < 10; ++i) {
        one.addPoint(runOne, one.addDevice(a40("GPU-1"), {}), measuredRecord());
        two.addPoint(runTwo, two.addDevice(a40("GPU-2"), {}), measuredRecord());
    }
    CHECK(Results::open(folder / "ridge.db").points().size() == 20);
}

TEST_CASE("a closed or moved store behaves") {
    Store store = Store::inMemory();
    Store moved = std::move(store);
    moved.addRun({});
    moved.close();
    moved.close();
    CHECK_THROWS_AS(moved.addRun({}), ridge::Error);
}

TEST_CASE("shared memory across machines is avoided: network file systems get a rollback journal") {
    for (const std::uint64_t magic :
         {0x6969U, 0xFF534D42U, 0xFE534D42U, 0x0BD00BD0U, 0x47504653U, 0x65735546U}) {
        CHECK(isNetworkFileSystem(magic));
    }
    for (const std::uint64_t magic : {0xEF53U, 0x01021994U, 0x58465342U, 0x9123683EU, 0x794C7630U}) {
        CHECK_FALSE(isNetworkFileSystem(magic));  // ext4, tmpfs, xfs, btrfs, overlay
    }
}

TEST_CASE("while collecting on a local disk the file is in WAL mode") {
    const TemporaryFolder folder;
    Store store = Store::openForAppending(folder / "ridge.db");
    store.addRun({});
    CHECK(inWalMode(folder / "ridge.db") == !onNetworkFileSystem(folder.path()));
}

TEST_CASE("a file without a schema, as a kill in its creation leaves it, is a new one") {
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    CHECK(Store::isNew(file));
    write(file, "");
    CHECK(Store::isNew(file));
    { SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 1; VACUUM"); }
    { SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 0"); }
    REQUIRE(std::filesystem::file_size(file) > 0);
    CHECK(Store::isNew(file));
    { Store::openForAppending(file).addRun({}); }
    CHECK_FALSE(Store::isNew(file));
    write(file, "no database");
    CHECK_THROWS_AS(Store::isNew(file), ridge::Error);
}
