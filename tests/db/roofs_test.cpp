// SPDX-License-Identifier: Apache-2.0
// Which ceiling is the roof: measured before datasheet, the device's own before a namesake's, never scaled.
#include <SQLiteCpp/SQLiteCpp.h>

#include "db/migrations.hpp"
#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;

namespace {

/// Far above every ridge point, so that the roof is P; far below, so that it is B.
struct Roofs {
    double peak = 0, bandwidth = 0;
};

struct Fixture {
    Store store = Store::inMemory();
    std::int64_t run = store.addRun({});

    [[nodiscard]] Roofs roofsOf(std::int64_t device, Provenance provenance = Provenance::measured) {
        Record record = measuredRecord();
        record.point.provenance = provenance;
        record.point.flopsExecuted = 1e15;
        record.point.dramBytes = 1;
        const auto high = store.addPoint(run, device, record);
        record.point.flopsExecuted = 1;
        const auto low = store.addPoint(run, device, record);
        Roofs roofs;
        for (const PointRow& row : Results::of(store).points()) {
            if (row.point.id == high) roofs.peak = row.roofFlopsPerS.value_or(0);
            if (row.point.id == low) roofs.bandwidth = row.roofFlopsPerS.value_or(0);
        }
        return roofs;
    }
};

const std::vector<Ceiling> measuredCeilings{
    ceiling("dram_read", 640e9, "measured"), ceiling("dram_triad", 620e9, "measured"),
    ceiling("l2_read", 5e12, "measured"), ceiling("tensor_bf16", 140e12, "measured", 1.7e9),
    ceiling("fp32", 35e12, "measured")};

}  // namespace

TEST_CASE("the datasheet is the roof where nothing was measured") {
    Fixture f;
    const Roofs roofs = f.roofsOf(f.store.addDevice(a40("GPU-1"), a40Sheet()));
    CHECK(roofs.peak == 149.7e12);
    CHECK_THAT(roofs.bandwidth, WithinRel(696e9, 1e-12));
}

TEST_CASE("measured ceilings go before the datasheet; the largest DRAM one is the slope") {
    Fixture f;
    f.store.addDevice(a40("GPU-1"), a40Sheet());
    const Roofs roofs = f.roofsOf(f.store.addDevice(a40("GPU-1"), measuredCeilings));
    CHECK(roofs.peak == 140e12);
    CHECK_THAT(roofs.bandwidth, WithinRel(640e9, 1e-12));  // not l2_read, not dram_triad
}

TEST_CASE("peak and slope are chosen apart: a measured slope stands beside a datasheet peak") {
    Fixture f;
    auto ceilings = a40Sheet();
    ceilings.push_back(ceiling("dram_copy", 600e9, "measured"));
    const Roofs roofs = f.roofsOf(f.store.addDevice(a40("GPU-1"), ceilings));
    CHECK(roofs.peak == 149.7e12);
    CHECK_THAT(roofs.bandwidth, WithinRel(600e9, 1e-12));
}

TEST_CASE("a datasheet has one DRAM bandwidth, by the name dram") {
    Fixture f;
    auto ceilings = a40Sheet();
    ceilings.push_back(ceiling("dram_read", 999e9, "datasheet"));
    CHECK_THAT(f.roofsOf(f.store.addDevice(a40("GPU-1"), ceilings)).bandwidth, WithinRel(696e9, 1e-12));
}

TEST_CASE("a device without UUID takes a namesake's measured ceilings before its own datasheet") {
    Fixture f;
    f.store.addDevice(a40("GPU-1"), measuredCeilings);
    Device device = a40();
    device.name = "nvidia a40";
    const Roofs roofs = f.roofsOf(f.store.addDevice(device, a40Sheet()), Provenance::imported);
    CHECK(roofs.peak == 140e12);
    CHECK_THAT(roofs.bandwidth, WithinRel(640e9, 1e-12));
}

TEST_CASE("a device with UUID takes the datasheet of its name, and its own measured ceilings first") {
    Fixture f;
    f.store.addDevice(a40(), a40Sheet());
    const auto device = f.store.addDevice(a40("GPU-1"), {});
    CHECK(f.roofsOf(device).peak == 149.7e12);
    f.store.addDevice(a40("GPU-1"), measuredCeilings);
    CHECK(f.roofsOf(device).peak == 140e12);
}

TEST_CASE("another GPU of the same name is another device: its measured ceilings are not borrowed") {
    Fixture f;
    f.store.addDevice(a40("GPU-1"), measuredCeilings);
    CHECK(f.roofsOf(f.store.addDevice(a40("GPU-2"), a40Sheet())).peak == 149.7e12);
    CHECK(f.roofsOf(f.store.addDevice(a40("GPU-3"), {})).peak == 0);
}

TEST_CASE("a device of another name lends nothing") {
    Fixture f;
    f.store.addDevice(a40(), a40Sheet());
    Device other = a40("GPU-9");
    other.name = "NVIDIA L40S";
    CHECK(f.roofsOf(f.store.addDevice(other, {})).peak == 0);
}

TEST_CASE("a modelled point keeps the roofs it was computed from, whatever a namesake measured") {
    const std::vector<Ceiling> faster{ceiling("dram_read", 700e9, "measured"),
                                      ceiling("tensor_bf16", 160e12, "measured")};
    for (const auto& measured : {measuredCeilings, faster}) {
        Fixture f;
        f.store.addDevice(a40("GPU-1"), measured);
        const Roofs roofs = f.roofsOf(f.store.addDevice(a40(), a40Sheet()), Provenance::modeled);
        CHECK(roofs.peak == 149.7e12);
        CHECK_THAT(roofs.bandwidth, WithinRel(696e9, 1e-12));
    }
}

TEST_CASE("ceilings of schema version 3 keep what they had, without kernel and counts") {
    SQLite::Database old(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    migrate(old, migrations().first(3));
    old.exec(
        "INSERT INTO device (name, uuid, host) VALUES ('NVIDIA A40', 'GPU-1', 'a');"
        "INSERT INTO ceiling (device_id, kind, name, value, unit, origin, method)"
        " VALUES (1, 'memory', 'dram', 696e9, 'byte/s', 'datasheet', 'datasheet'),"
        " (1, 'memory', 'dram_copy', 640e9, 'byte/s', 'measured', 'own copy kernel: 6.3e+09 bytes counted')");
    migrate(old);
    SQLite::Statement row(old, "SELECT * FROM v_ceilings WHERE name = 'dram_copy'");
    REQUIRE(row.executeStep());
    CHECK(row.getColumn("method").getString() == "own copy kernel: 6.3e+09 bytes counted");
    CHECK(row.getColumn("of_datasheet").getDouble() == 640.0 / 696);
    for (const char* name : {"kernel", "counted", "expected"}) CHECK(row.getColumn(name).isNull());
}

TEST_CASE("a measured ceiling is told as a part of its own data sheet's, absent where there is none") {
    Fixture f;
    f.store.addDevice(a40("GPU-1"), a40Sheet());
    f.store.addDevice(a40("GPU-1"), measuredCeilings);
    f.store.addDevice(a40("GPU-2"), measuredCeilings);  // without a data sheet
    const auto part = [&f](const std::string& where) {
        const Table table = Results::of(f.store).table("v_ceilings", where, "", {"of_datasheet"});
        REQUIRE(table.rows.size() == 1);
        return table.rows[0][0];
    };
    const std::string own = "device_uuid = 'GPU-1' AND origin = 'measured' AND name = ";
    CHECK_THAT(std::get<double>(part(own + "'dram_read'")), WithinRel(640.0 / 696, 1e-12));
    CHECK_THAT(std::get<double>(part(own + "'tensor_bf16'")), WithinRel(140 / 149.7, 1e-12));
    const Cell null = std::monostate{};
    CHECK(part(own + "'l2_read'") == null);
    CHECK(part("device_uuid = 'GPU-1' AND origin = 'datasheet' AND name = 'dram'") == null);
    CHECK(part("device_uuid = 'GPU-2' AND name = 'dram_read'") == null);
}
