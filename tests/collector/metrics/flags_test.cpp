// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/flags.hpp"

#include <initializer_list>

#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::metrics;

namespace {

/// A record with a sample for each SM clock.
db::Record withClocks(std::initializer_list<double> clocksHz) {
    db::Record record;
    for (const double clock : clocksHz) record.samples.emplace_back().smClockHz = clock;
    return record;
}

}  // namespace

TEST_CASE("flags follow from the point's own numbers") {
    db::Record record;
    CHECK(flagsOf(record).empty());
    db::Point& point = record.point;
    point.timeNs = 20e3;
    point.passes = 1;
    point.flopsAlgorithmic = 100;
    point.flopsExecuted = 105;
    point.compulsoryBytes = 100;
    point.dramBytes = 90;
    CHECK(flagsOf(record).empty());
    point.timeNs = 19.9e3;
    point.passes = 3;
    point.flopsExecuted = 106;
    point.dramBytes = 89;
    CHECK(flagsOf(record) == "under_20us,multi_pass,padded,l2_resident");
    point.passes = 2;
    CHECK(flagsOf(record) == "under_20us,multi_pass,padded,l2_resident");
}

TEST_CASE("planned flags stay and are not doubled") {
    db::Record record;
    record.point.flags = "assumed_acceptance,multi_pass";
    record.point.passes = 2;
    CHECK(flagsOf(record) == "assumed_acceptance,multi_pass");
}

TEST_CASE("one throttled sample flags the point, idle and chosen clocks do not") {
    db::Record record;
    record.samples.resize(3);
    record.samples[0].throttle = "idle,applications_clock";
    record.samples[1].throttle = "applications_clock";
    CHECK(flagsOf(record).empty());
    record.samples[2].throttle = "idle,sw_power_cap";
    CHECK(flagsOf(record) == "throttled");
    record.samples[2].throttle = "hw_thermal";
    CHECK(flagsOf(record) == "throttled");
}

TEST_CASE("clocks more than three percent apart are a drift") {
    CHECK(flagsOf(withClocks({})).empty());
    CHECK(flagsOf(withClocks({1e9, 0.9705e9})).empty());
    CHECK(flagsOf(withClocks({1e9, 0.969e9})) == "clock_drift");
    CHECK(flagsOf(withClocks({1.98e9, 1.98e9, 1.90e9})) == "clock_drift");
    db::Record record = withClocks({1.5e9, 1.5e9, 1.5e9});
    record.samples.emplace_back();  // one that was not read
    record.point.smClockHz = 1.46e9;
    CHECK(flagsOf(record).empty());
    record.point.smClockHz = 1.44e9;
    CHECK(flagsOf(record) == "clock_drift");
    record.point.smClockHz = 1.56e9;
    CHECK(flagsOf(record) == "clock_drift");
}

TEST_CASE("other processes, a display or idle traffic make a device shared") {
    db::Record record;
    record.point.dramBytes = 1e9;
    record.point.timeNs = 1e6;
    record.metrics = {{foreignProcessesMetric, 0}, {displayActiveMetric, 0}, {idleDramMetric, 9e9}};
    CHECK(flagsOf(record).empty());  // 9 MB in the millisecond that moved 1 GB
    record.metrics[idleDramMetric] = 11e9;
    CHECK(flagsOf(record) == "shared_device");
    record.metrics = {{foreignProcessesMetric, 1}};
    CHECK(flagsOf(record) == "shared_device");
    record.metrics = {{displayActiveMetric, 1}};
    CHECK(flagsOf(record) == "shared_device");
}

TEST_CASE("what is flagged already stays, once") {
    db::Record record;
    addFlags(record.point.flags, shortRotationFlag);
    addFlags(record.point.flags, "throttled");
    addFlags(record.point.flags, "short_rotation,l2_resident,throttled");
    CHECK(record.point.flags == "short_rotation,throttled,l2_resident");
    record.point.timeNs = 1;
    CHECK(flagsOf(record) == "short_rotation,throttled,l2_resident,under_20us");
}

TEST_CASE("a flag is taken out by its whole name") {
    std::string flags = "multi_pass,unproven_flops,under_20us";
    removeFlag(flags, "unproven");
    CHECK(flags == "multi_pass,unproven_flops,under_20us");
    removeFlag(flags, unprovenFlopsFlag);
    CHECK(flags == "multi_pass,under_20us");
    removeFlag(flags, "under_20us");
    removeFlag(flags, "multi_pass");
    CHECK(flags.empty());
}

TEST_CASE("a flag whose numbers are absent is not set") {
    db::Record record;
    record.point.flopsExecuted = 1e9;  // more than what? nobody knows
    record.point.dramBytes = 1;        // less than what?
    record.metrics = {{idleDramMetric, 9e12}};
    CHECK(flagsOf(record).empty());
    record.point.dramBytes.reset();
    record.point.timeNs = 1e6;
    record.point.compulsoryBytes = 1e9;
    record.point.flopsAlgorithmic = 1;
    record.point.flopsExecuted.reset();
    CHECK(flagsOf(record).empty());
}
