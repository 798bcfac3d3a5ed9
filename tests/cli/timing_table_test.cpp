// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/timing_table.hpp"

#include <malloc.h>

#include <limits>
#include <string>

#include "tests/support/catch.hpp"

using namespace ridge;
using inject::LaunchKey;
using supervisor::TimingTable;

namespace {

const LaunchKey first{"_Z1kv", 0, "80,1,1", "256,1,1"};

db::Record profiled() {
    db::Record record;
    record.point.timeNs = 99;
    record.point.timeMethod = "profiled";
    record.kernels.resize(1);
    return record;
}

std::size_t allocatedBytes() {
    const struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

}  // namespace

TEST_CASE("a launch takes the time of the same launch of the first run") {
    TimingTable table;
    CHECK(table.empty());
    table.add("prog", "GPU-1", {0, first, 1500});
    table.add("prog", "GPU-1", {0, {"_Z1kv", 1, "80,1,1", "256,1,1"}, 1700});
    CHECK(!table.empty());
    db::Record record = profiled();
    CHECK(table.apply("prog", "GPU-1", first, record).empty());
    CHECK(record.point.timeNs == 1500);
    CHECK(record.point.timeMethod == "unprofiled first run");
    CHECK(record.point.samples == 1);
    CHECK(!record.point.timeLowNs);
    REQUIRE(record.samples.size() == 1);
    CHECK(record.samples[0].timeNs == 1500);
    CHECK(record.kernels[0].timeNs == 1500);
}

TEST_CASE("what was seen beside a time stays beside it, and its users are the record's") {
    TimingTable table;
    supervisor::GpuSight sight;
    sight.telemetry.resize(1);
    sight.telemetry[0].smClockHz = 1.4e9;
    sight.telemetry[0].throttle = "sw_power_cap";
    sight.foreignProcesses = 1;
    sight.displayActive = false;
    const LaunchKey range{"step", 0, "", ""};
    table.add("prog", "GPU-1", {0, range, 1500}, sight);
    table.add("prog", "GPU-1", {0, range, 1600});  // of which nothing was seen
    db::Record record = profiled();
    CHECK(table.apply("prog", "GPU-1", range, record).empty());
    REQUIRE(record.samples.size() == 2);
    CHECK(record.samples[0].timeNs == 1500);
    CHECK(record.samples[0].smClockHz == 1.4e9);
    CHECK(record.samples[0].throttle == "sw_power_cap");
    CHECK_FALSE(record.samples[1].smClockHz);
    CHECK(record.metrics ==
          std::map<std::string, double>{{"ridge__foreign_processes", 1}, {"ridge__display_active", 0}});
}

TEST_CASE("each launch has its own time, shape and sight, in whatever order they were told") {
    TimingTable table;
    supervisor::GpuSight sight;
    sight.telemetry.resize(1);
    const auto add = [&](int ordinal, const char* grid, double smClockHz) {
        sight.telemetry[0].smClockHz = smClockHz;
        table.add("prog", "GPU-1", {0, {"_Z1kv", ordinal, grid, "256,1,1"}, 1000.0 + ordinal}, sight);
    };
    add(2, "80,1,1", 1.2e9);
    add(9, "90,1,1", 1.9e9);  // those between had no time
    add(5, "80,1,1", 1.9e9);
    add(0, "80,1,1", 1.2e9);
    const auto told = [&table](int ordinal, const char* grid, double smClockHz) {
        db::Record record = profiled();
        INFO(ordinal);
        REQUIRE(table.apply("prog", "GPU-1", {"_Z1kv", ordinal, grid, "256,1,1"}, record).empty());
        CHECK(record.point.timeNs == 1000.0 + ordinal);
        REQUIRE(record.samples.size() == 1);
        CHECK(record.samples[0].smClockHz == smClockHz);
    };
    told(0, "80,1,1", 1.2e9);
    told(2, "80,1,1", 1.2e9);
    told(5, "80,1,1", 1.9e9);
    told(9, "90,1,1", 1.9e9);
    db::Record record = profiled();
    CHECK_THAT(table.apply("prog", "GPU-1", {"_Z1kv", 4, "80,1,1", "256,1,1"}, record),
               ContainsSubstring("did not launch it"));
}

TEST_CASE("a range has the times of the range, not those of a kernel of its name") {
    TimingTable table;
    table.add("prog", "GPU-1", {0, {"step", 0, "80,1,1", "256,1,1"}, 10});
    table.add("prog", "GPU-1", {0, {"step", 0, "", ""}, 1500});
    db::Record record = profiled();
    CHECK(table.apply("prog", "GPU-1", {"step", 7, "", ""}, record).empty());
    CHECK(record.point.timeNs == 1500);
    CHECK(table.apply("prog", "GPU-1", {"step", 0, "80,1,1", "256,1,1"}, record).empty());
    CHECK(record.point.timeNs == 10);
}

TEST_CASE("a launch takes few bytes, however long its names are") {
    constexpr int kernels = 10, launches = 5000;
    const std::string name(200, 'k');
    supervisor::GpuSight sight;
    sight.telemetry.resize(2);
    TimingTable table;
    const std::size_t before = allocatedBytes();
    for (int kernel = 0; kernel < kernels; ++kernel) {
        for (int i = 0; i < launches; ++i) {
            sight.foreignProcesses = i / 1000;
            table.add(std::string(100, 'p'), "GPU-00000000-0000-0000-0000-000000000000",
                      {0, {name + std::to_string(kernel), i, "80,1,1", "256,1,1"}, 1500}, sight);
        }
    }
    CHECK(static_cast<double>(allocatedBytes() - before) < 32.0 * kernels * launches);
}

TEST_CASE("a launch that cannot be told for certain has no time, and a reason") {
    TimingTable table;
    table.add("prog", "GPU-1", {0, first, 1500});
    const auto reason = [&table](const std::string& program, const std::string& device,
                                 const LaunchKey& launch) {
        db::Record record = profiled();
        std::string why = table.apply(program, device, launch, record);
        CHECK(!record.point.timeNs);
        CHECK(record.point.timeMethod.empty());
        CHECK(record.samples.empty());
        return why;
    };
    CHECK_THAT(reason("prog", "GPU-1", {"_Z1kv", 1, "80,1,1", "256,1,1"}),
               ContainsSubstring("did not launch it"));
    CHECK_THAT(reason("prog", "GPU-1", {"_Z1lv", 0, "80,1,1", "256,1,1"}),
               ContainsSubstring("did not launch it"));
    CHECK_THAT(reason("prog", "GPU-2", first), ContainsSubstring("did not launch it"));
    CHECK_THAT(reason("other", "GPU-1", first), ContainsSubstring("did not launch it"));
    CHECK_THAT(reason("prog", "GPU-1", {"_Z1kv", 0, "81,1,1", "256,1,1"}), ContainsSubstring("grid 80,1,1"));
    CHECK_THAT(reason("prog", "GPU-1", {"_Z1kv", 0, "80,1,1", "128,1,1"}), ContainsSubstring("256,1,1"));
    table.add("prog", "GPU-1", {0, {"_Z1kv", 1, "80,1,1", "256,1,1"}, 1500});
    table.add("prog", "GPU-1", {0, first, 1600});  // another process of the same program
    CHECK_THAT(reason("prog", "GPU-1", first), ContainsSubstring("several processes"));
    db::Record second = profiled();
    CHECK(table.apply("prog", "GPU-1", {"_Z1kv", 1, "80,1,1", "256,1,1"}, second).empty());
}

TEST_CASE("a range takes the median of all its occurrences, with its interval") {
    TimingTable table;
    for (int i = 0; i < 11; ++i) table.add("prog", "GPU-1", {0, {"ridge:op=qk", i, "", ""}, 1000.0 + 10 * i});
    db::Record record = profiled();
    record.kernels.resize(3);
    CHECK(table.apply("prog", "GPU-1", {"ridge:op=qk", 4, "", ""}, record).empty());
    CHECK(record.point.timeNs == 1050);
    CHECK(record.point.samples == 11);
    CHECK(record.samples.size() == 11);
    REQUIRE(record.point.timeLowNs);
    CHECK(*record.point.timeLowNs < 1050);
    CHECK(*record.point.timeHighNs > 1050);
    CHECK(!record.kernels[0].timeNs);
}

TEST_CASE("a time that is no time is not kept") {
    TimingTable table;
    table.add("prog", "GPU-1", {0, first, std::numeric_limits<double>::quiet_NaN()});
    table.add("prog", "GPU-1", {0, first, -1});
    CHECK(table.empty());
}
