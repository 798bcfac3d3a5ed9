// SPDX-License-Identifier: Apache-2.0
// What the worker decides from numbers alone: ranges, rotation, and counters per execution.
#include <map>
#include <string>

#include "collector/worker/device_watch.hpp"
#include "collector/worker/point_counters.hpp"
#include "collector/worker/range_plan.hpp"
#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::worker;

TEST_CASE("a range lasts at least 100 us") {
    CHECK(launchesPerRange(100e3) == 1);
    CHECK(launchesPerRange(5e6) == 1);
    CHECK(launchesPerRange(99.9e3) == 2);
    CHECK(launchesPerRange(2e3) == 50);
    CHECK(launchesPerRange(0) == 512);
}

TEST_CASE("operands rotate over twice the L2 when cold, three times when told to, not at all when warm") {
    CHECK(rotationBytes("cold", 50) == 100);
    CHECK(rotationBytes("rotate", 50) == 150);
    CHECK(rotationBytes("warm", 50) == 0);
    CHECK_THROWS_AS(rotationBytes("tepid", 50), Error);
}

TEST_CASE("operands that come again too soon are told from those that need not rotate") {
    CHECK(isRotationShort("rotate", 149, 150, 1));
    CHECK_FALSE(isRotationShort("rotate", 150, 150, 7));
    CHECK(isRotationShort("cold", 99, 100, 2));
    CHECK_FALSE(isRotationShort("cold", 99, 100, 1));
    CHECK_FALSE(isRotationShort("cold", 100, 100, 2));
    CHECK_FALSE(isRotationShort("warm", 10, 0, 50));
}

TEST_CASE("the clock starts after the host has queued the repetition") {
    CHECK(leadNs(0) == 20'000);
    CHECK(leadNs(1e6) == 1'520'000);
    CHECK(leadNs(1e12) == 20'000'000);
}

TEST_CASE("memory that is short is said in gigabytes") {
    CHECK(shortOfMemory(93'100'000'000, 79'600'000'000) == "needs 93.1 GB, the device has 79.6 GB free");
}

TEST_CASE("a point's range is named after its plan, operator and axes") {
    db::Point point;
    point.plan = "llama-33b-speculation";
    point.op = "up";
    point.batch = 8;
    point.spec = 16;
    point.m = 128;
    CHECK(rangeName(point) == "llama-33b-speculation/up b=8 q=16 M=128");
}

TEST_CASE("sums and cycles are shared out over the executions of a range, rates are not") {
    CHECK(perExecution("dram__bytes_read.sum", 100, 4) == 25);
    CHECK(perExecution("sm__cycles_elapsed.max", 100, 4) == 25);
    CHECK(perExecution("sm__cycles_elapsed.avg.per_second", 100, 4) == 100);
    CHECK(perExecution("lts__t_sectors.sum.pct_of_peak_sustained_elapsed", 100, 4) == 100);
    CHECK(perExecution("smsp__inst_executed.ratio", 100, 4) == 100);
}

TEST_CASE("what was counted lands in the record per execution, what was not stays absent") {
    metrics::Evaluation evaluation;
    evaluation.flops.value = 100;
    evaluation.dramReadBytes.value = 6;
    evaluation.quantities["dram_read_bytes"] = {6, {}, false, "byte"};
    evaluation.dramBytes.reason = "dram__bytes_write.sum was refused";
    evaluation.smClockHz.value = 1.7e9;
    evaluation.dominantPath = "tensor_bf16";
    cupti::CounterReading reading;
    reading.values = {{"dram__bytes_read.sum", 60}};
    reading.passes = 3;
    db::Record record;
    record.point.computePath = "fp32";
    addCounters(record, evaluation, reading, 10);
    CHECK(record.point.flopsExecuted == 100);
    CHECK(record.point.dramReadBytes == 6);
    CHECK_FALSE(record.point.dramBytes);
    CHECK_FALSE(record.point.l2Bytes);
    CHECK(record.point.smClockHz == 1.7e9);
    CHECK(record.point.passes == 3);
    CHECK(record.point.computePath == "tensor_bf16");
    CHECK(record.metrics.at("dram__bytes_read.sum") == 6);
    REQUIRE(record.computed.size() == 1);
    CHECK(record.computed[0].value == 6);
    CHECK_THAT(absences(evaluation), ContainsSubstring("no DRAM bytes: dram__bytes_write.sum was refused"));
}

TEST_CASE("the executions of a range share sums, and a rate stays a rate, in what is computed of them, too") {
    metrics::MetricSet set;
    set.counters = {{"hits", {"lts__t_sectors_lookup_hit.sum"}, "sector", "", false},
                    {"rate", {"sm__cycles_elapsed.avg.per_second"}, "Hz", "", false}};
    set.quantities = {{"l2_hit_bytes", "byte", {{"hits", 32}}}, {"sm_clock_hz", "Hz", {{"rate", 1}}}};
    const metrics::Resolution resolution =
        metrics::resolve(set, {"lts__t_sectors_lookup_hit", "sm__cycles_elapsed"});
    cupti::CounterReading reading;
    reading.values = {{"lts__t_sectors_lookup_hit.sum", 50}, {"sm__cycles_elapsed.avg.per_second", 1.7e9}};
    db::Record record;
    addCounters(record, metrics::evaluate(set, resolution, valuesOfOne(reading, 10)), reading, 10);
    REQUIRE(record.computed.size() == 2);
    CHECK(record.computed[0].name == "l2_hit_bytes");
    CHECK(record.computed[0].value == 160);
    CHECK(record.computed[0].unit == "byte");
    CHECK(record.computed[1].value == 1.7e9);
    CHECK(record.metricUnits.at("lts__t_sectors_lookup_hit.sum") == "sector");
}

TEST_CASE("a counter that was not collected never looks measured") {
    cupti::CounterReading reading;
    reading.values = {{"a.sum", 6}};
    reading.knownZero = {{"b.sum", cupti::Zero::byProbe}, {"c.sum", cupti::Zero::byEarlierMeasurement}};
    CHECK(valuesOfOne(reading, 2) == std::map<std::string, double>{{"a.sum", 3}, {"b.sum", 0}, {"c.sum", 0}});
    db::Record record;
    metrics::Evaluation evaluation;
    evaluation.units = {{"a.sum", "byte"}, {"b.sum", "flop"}};
    addCounters(record, evaluation, reading, 2);
    CHECK(record.metricUnits ==
          std::map<std::string, std::string>{{"a.sum", "byte"}, {"zero_by_probe:b.sum", "flop"}});
    CHECK(record.metrics == std::map<std::string, double>{{"a.sum", 3},
                                                          {"zero_by_earlier_measurement:c.sum", 0},
                                                          {"zero_by_probe:b.sum", 0}});
}

TEST_CASE("without a counted path a point keeps the planned one") {
    db::Record record;
    record.point.computePath = "tensor_bf16";
    addCounters(record, {}, {}, 1);
    CHECK(record.point.computePath == "tensor_bf16");
    CHECK_FALSE(record.point.flopsExecuted);
}
