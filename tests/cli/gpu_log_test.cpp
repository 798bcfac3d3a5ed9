// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/gpu_log.hpp"

#include "collector/metrics/flags.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::supervisor;

namespace {

constexpr std::int64_t ms = 1'000'000;

GpuReading reading(std::int64_t atMs, const std::string& throttle, double smClockHz = 1.5e9) {
    GpuReading made;
    made.atNs = atMs * ms;
    made.telemetry.throttle = throttle;
    made.telemetry.smClockHz = smClockHz;
    made.telemetry.temperatureC = 50 + static_cast<double>(atMs) / 1000;
    made.telemetry.powerW = 200 + static_cast<double>(atMs) / 10;
    made.foreignProcesses = 0;
    made.displayActive = false;
    return made;
}

std::string reasons(const GpuLog& log, std::int64_t beginMs, std::int64_t endMs) {
    return summaryOf(log.during({beginMs * ms, endMs * ms})).throttle;
}

}  // namespace

TEST_CASE("a measurement is told by the readings within it, else by the nearest on either side") {
    GpuLog log;
    CHECK(log.empty());
    for (const auto& [at, name] : {std::pair{1000, "a"}, {1050, "b"}, {1100, "c"}, {2000, "d"}})
        log.add(reading(at, name));
    CHECK(log.lastNs() == 2000 * ms);
    CHECK(reasons(log, 1040, 1060) == "b");
    CHECK(reasons(log, 1050, 1100) == "b,c");  // both ends count
    CHECK(reasons(log, 1060, 1061) == "b,c");
    CHECK(reasons(log, 1200, 1201) == "c");
    CHECK(reasons(log, 1201, 1899).empty());
    CHECK(reasons(log, 1201, 1900) == "d");
    CHECK(reasons(log, 900, 900) == "a");
    CHECK(reasons(log, 0, 899).empty());
    CHECK(reasons(log, 2101, 2101).empty());
    CHECK(reasons(GpuLog(), 0, 5000).empty());
}

TEST_CASE("a log that is full keeps the newest readings whole, and of the oldest every reason") {
    GpuLog log;
    const auto most = static_cast<std::int64_t>(GpuLog::mostReadings);
    for (std::int64_t i = 0; i < most; ++i) log.add(reading(i, i == 1 ? "a" : "b"));
    REQUIRE(log.size() == GpuLog::mostReadings);
    log.add(reading(most, "c"));
    CHECK(log.size() == GpuLog::mostReadings / 4 * 3 + 1);
    CHECK(log.lastNs() == most * ms);
    CHECK(reasons(log, 0, 0) == "a,b");  // of 0 and 1 ms
    CHECK(reasons(log, 2, 2) == "b");
    CHECK(log.during({0, (most / 2 - 1) * ms}).telemetry.size() == GpuLog::mostReadings / 4);
    CHECK(log.during({most / 2 * ms, most * ms}).telemetry.size() == GpuLog::mostReadings / 2 + 1);
    CHECK(reasons(log, most, most) == "c");
}

TEST_CASE("several readings become one: median clock, highest temperature, mean power, every reason") {
    GpuLog log;
    log.add(reading(0, "sw_power_cap", 1.2e9));
    log.add(reading(1000, "", 1.5e9));
    log.add(reading(2000, "hw_thermal,sw_power_cap", 1.6e9));
    log.add({3000 * ms, {}, std::nullopt, std::nullopt});  // one that told nothing
    const db::Sample seen = summaryOf(log.during({0, 3000 * ms}));
    CHECK(seen.smClockHz == 1.5e9);
    CHECK(seen.temperatureC == 52);
    CHECK(seen.powerW == 300);
    CHECK_FALSE(seen.memoryClockHz);
    CHECK(seen.throttle == "hw_thermal,sw_power_cap");
    const db::Sample nothing = summaryOf({});
    CHECK_FALSE(nothing.smClockHz);
    CHECK_FALSE(nothing.temperatureC);
    CHECK_FALSE(nothing.powerW);
}

TEST_CASE("a record without an unprofiled sample keeps what was seen as metrics, and its flags") {
    GpuLog log;
    GpuReading shared = reading(10, "sw_power_cap");
    shared.foreignProcesses = 2;
    log.add(reading(0, ""));
    log.add(shared);
    log.add(reading(20, ""));
    db::Record record;
    addSight(log.during({0, 20 * ms}), record);
    CHECK(record.point.flags == "throttled,shared_device");
    CHECK(record.metrics["ridge__foreign_processes"] == 2);
    CHECK(record.metrics["ridge__display_active"] == 0);
    CHECK(record.metrics["ridge__sm_clock_hz"] == 1.5e9);
    CHECK(record.metricUnits["ridge__sm_clock_hz"] == "Hz");
    CHECK(record.metrics["ridge__clocks_held_by_sw_power_cap"] == 1);
    CHECK_THAT(record.metrics["ridge__temperature_celsius"], WithinRel(50.02, 1e-12));
    CHECK_THAT(record.metrics["ridge__power_watts"], WithinRel(201, 1e-12));
    CHECK(record.samples.empty());
}

TEST_CASE("clocks that differ within a measurement, or from its counters, have drifted") {
    GpuLog log;
    log.add(reading(0, "", 1.5e9));
    log.add(reading(50, "", 1.4e9));
    const auto flags = [&log](std::int64_t endMs, std::optional<double> counted) {
        db::Record record;
        record.point.smClockHz = counted;
        addSight(log.during({0, endMs * ms}), record);
        return record.point.flags;
    };
    CHECK(flags(60, std::nullopt) == "clock_drift");
    CHECK(flags(40, 1.49e9).empty());
    CHECK(flags(40, 1.4e9) == "clock_drift");
}

TEST_CASE("a record with the samples of an unprofiled run is flagged by them") {
    GpuLog log;
    log.add(reading(0, "hw_thermal"));
    db::Record record;
    record.samples.resize(1);
    record.samples[0].smClockHz = 1.5e9;
    record.metrics[metrics::foreignProcessesMetric] = 3;  // then
    addSight(log.during({0, 0}), record);
    CHECK(record.point.flags == "shared_device");
    CHECK(record.metrics ==
          std::map<std::string, double>{{"ridge__foreign_processes", 3}, {"ridge__display_active", 0}});
    record.samples[0].throttle = "sw_thermal";
    addSight({}, record);
    CHECK(record.point.flags == "shared_device,throttled");
}

TEST_CASE("where nothing was seen nothing is flagged and nothing added") {
    db::Record record;
    record.point.smClockHz = 1e9;
    addSight({}, record);
    CHECK(record.point.flags.empty());
    CHECK(record.metrics.empty());
}
