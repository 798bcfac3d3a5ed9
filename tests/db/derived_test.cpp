// SPDX-License-Identifier: Apache-2.0
// What the views derive, against numbers worked out by hand.
#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;

namespace {

PointRow rowOf(const Record& record, const std::vector<Ceiling>& ceilings = a40Sheet(),
               const Device& device = a40("GPU-1")) {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    store.addPoint(run, store.addDevice(device, ceilings), record);
    return Results::of(store).points().at(0);
}

}  // namespace

TEST_CASE("rates, intensities and inflations of a measured point") {
    const PointRow row = rowOf(measuredRecord());
    CHECK_THAT(*row.intensity, WithinRel(2.0, 1e-12));             // 2e9 / 1e9
    CHECK_THAT(*row.intensityAlgorithmic, WithinRel(2.0, 1e-12));  // 1.6e9 / 8e8
    CHECK_THAT(*row.flopsPerS, WithinRel(1e12, 1e-12));            // 2e9 / 2 ms
    CHECK_THAT(*row.usefulFlopsPerS, WithinRel(5e11, 1e-12));
    CHECK_THAT(*row.algorithmicFlopsPerS, WithinRel(8e11, 1e-12));
    CHECK_THAT(*row.dramBytesPerS, WithinRel(5e11, 1e-12));
    CHECK_THAT(*row.flopInflation, WithinRel(1.25, 1e-12));
    CHECK_THAT(*row.byteInflation, WithinRel(1.25, 1e-12));
    CHECK_THAT(*row.roofFlopsPerS, WithinRel(1.392e12, 1e-12));  // 2 FLOP/byte * 696 GB/s
    CHECK_THAT(*row.roofFraction, WithinRel(1 / 1.392, 1e-12));
    CHECK(row.bound == "memory");
    CHECK_FALSE(row.roofAtClockFlopsPerS.has_value());  // no clock was seen
    CHECK(row.point.flags.empty());
    CHECK(row.point.computePath == "tensor_bf16");
}

TEST_CASE("above the ridge the ceiling is the roof") {
    Record record = measuredRecord();
    record.point.dramBytes = 1e6;  // 2000 FLOP/byte
    const PointRow row = rowOf(record);
    CHECK_THAT(*row.roofFlopsPerS, WithinRel(149.7e12, 1e-12));
    CHECK(row.bound == "compute");
}

TEST_CASE("the roof at the clock seen scales the ceiling, not the slope") {
    Record record = measuredRecord();
    record.point.smClockHz = 1.305e9;  // three quarters of 1.74 GHz
    CHECK_THAT(*rowOf(record).roofAtClockFlopsPerS, WithinRel(1.392e12, 1e-12));
    record.point.dramBytes = 1e6;
    CHECK_THAT(*rowOf(record).roofAtClockFlopsPerS, WithinRel(149.7e12 * 0.75, 1e-12));
    CHECK_THAT(*rowOf(record).roofFlopsPerS, WithinRel(149.7e12, 1e-12));
    auto ceilings = a40Sheet();
    ceilings[1].clockHz.reset();
    CHECK_FALSE(rowOf(record, ceilings).roofAtClockFlopsPerS.has_value());
}

TEST_CASE("a modelled point lies on its roof: no fraction, and the algorithmic intensity decides") {
    Record record;
    record.point.provenance = Provenance::modeled;
    record.point.computePath = "tensor_bf16";
    record.point.flopsAlgorithmic = 1.6e9;
    record.point.compulsoryBytes = 8e8;
    record.point.timeNs = 8e8 / 696e9 * 1e9;
    const PointRow row = rowOf(record);
    CHECK_FALSE(row.intensity.has_value());
    CHECK_FALSE(row.flopsPerS.has_value());
    CHECK_FALSE(row.roofFraction.has_value());
    CHECK_FALSE(row.dramBytesPerS.has_value());
    CHECK_THAT(*row.roofFlopsPerS, WithinRel(1.392e12, 1e-12));
    CHECK_THAT(*row.algorithmicFlopsPerS, WithinRel(*row.roofFlopsPerS, 1e-12));
    CHECK(row.bound == "memory");
    record.point.flopsExecuted = 1e15;  // even where somebody counted: a fraction would compare two models
    CHECK_FALSE(rowOf(record).roofFraction.has_value());
    CHECK(rowOf(record).point.flags.empty());
}

TEST_CASE("without a ceiling there is no roof, no bound, no fraction") {
    const auto sheet = a40Sheet();
    for (const auto& ceilings : {std::vector<Ceiling>{}, std::vector{sheet[0]}, std::vector{sheet[1]}}) {
        const PointRow row = rowOf(measuredRecord(), ceilings);
        CHECK_FALSE(row.roofFlopsPerS.has_value());
        CHECK_FALSE(row.roofFraction.has_value());
        CHECK(row.bound.empty());
        CHECK(row.flopsPerS.has_value());
    }
    Record record = measuredRecord();
    record.point.computePath = "tensor_fp8";
    CHECK_FALSE(rowOf(record).roofFlopsPerS.has_value());
    record.point.computePath.clear();
    CHECK_FALSE(rowOf(record).roofFlopsPerS.has_value());
}

TEST_CASE("division by zero is NULL, never infinity") {
    Record record = measuredRecord();
    record.point.timeNs = 0;
    record.point.dramBytes = 0;
    record.point.flopsAlgorithmic = 0;
    record.point.compulsoryBytes = 0;
    const PointRow row = rowOf(record);
    for (const auto& value : {row.intensity, row.intensityAlgorithmic, row.flopsPerS, row.usefulFlopsPerS,
                              row.algorithmicFlopsPerS, row.dramBytesPerS, row.roofFlopsPerS,
                              row.roofFraction, row.flopInflation, row.byteInflation}) {
        CHECK_FALSE(value.has_value());
    }
    CHECK(row.point.dramBytes == 0.0);  // a counted zero is a zero
}

TEST_CASE("a skipped point keeps what was planned and has nothing that needs a time") {
    Record record;
    record.point.provenance = Provenance::measured;
    record.point.status = Status::skipped;
    record.point.statusReason = "needs 96 GB, the device has 48";
    record.point.flopsAlgorithmic = 1.6e9;
    record.point.compulsoryBytes = 8e8;
    const PointRow row = rowOf(record);
    CHECK(row.point.status == Status::skipped);
    CHECK(row.point.statusReason == "needs 96 GB, the device has 48");
    CHECK(row.intensityAlgorithmic.has_value());
    CHECK_FALSE(row.algorithmicFlopsPerS.has_value());
    CHECK_FALSE(row.flopsPerS.has_value());
    CHECK_FALSE(row.roofFraction.has_value());
}

TEST_CASE("above_roof stands in the flags exactly when the fraction exceeds one") {
    Record record = measuredRecord();
    const auto flagsAt = [&](double timeNs, const std::string& stored) {
        record.point.timeNs = timeNs;
        record.point.flags = stored;
        return rowOf(record).point.flags;
    };
    const double onRoof = 2e9 / 1.392e12 * 1e9;
    CHECK(flagsAt(onRoof * 0.999, "") == "above_roof");
    CHECK(flagsAt(onRoof * 0.999, "padded,multi_pass") == "padded,multi_pass,above_roof");
    CHECK(flagsAt(onRoof * 1.001, "padded") == "padded");
    CHECK(flagsAt(onRoof * 1.001, "") == "");
    // Stored by somebody who believed it: the view decides.
    CHECK(flagsAt(onRoof * 1.001, "above_roof") == "");
    CHECK(flagsAt(onRoof * 1.001, "padded,above_roof,throttled") == "padded,throttled");
    CHECK(flagsAt(onRoof * 0.999, "above_roof,padded") == "padded,above_roof");
}

TEST_CASE("on the ridge point the ceiling bounds, and a point on its roof is not above it") {
    Record record = measuredRecord();
    record.point.flopsExecuted = 0x1p31;
    record.point.dramBytes = 0x1p27;
    record.point.timeNs = 1e9 / 4096;  // 2^43 FLOP/s: powers of two divide without rounding
    const PointRow row =
        rowOf(record, {ceiling("dram", 0x1p39, "datasheet"), ceiling("tensor_bf16", 0x1p43, "datasheet")});
    CHECK(row.bound == "compute");
    CHECK(row.roofFraction == 1.0);
    CHECK(row.point.flags.empty());
}

TEST_CASE("a kernel's share is of the sum over the point's kernels, NULL where one time is unknown") {
    Store store = Store::inMemory();
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40(), {});
    Record record = measuredRecord();
    record.kernels = {{0, "gemm", "g", "", "", 1, 3e5, {}, {}}, {1, "split", "s", "", "", 2, 1e5, {}, {}}};
    store.addPoint(run, device, record);
    record.kernels[1].timeNs.reset();
    store.addPoint(run, device, record);
    const Table table = Results::of(store).table("v_kernels", "", "", {"ordinal", "share_of_time", "grid"});
    REQUIRE(table.rows.size() == 4);
    CHECK_THAT(std::get<double>(table.rows[0][1]), WithinRel(0.75, 1e-12));
    CHECK_THAT(std::get<double>(table.rows[1][1]), WithinRel(0.25, 1e-12));
    CHECK(std::holds_alternative<std::monostate>(table.rows[2][1]));
    CHECK(std::holds_alternative<std::monostate>(table.rows[3][1]));
    CHECK(std::holds_alternative<std::monostate>(table.rows[0][2]));
}
