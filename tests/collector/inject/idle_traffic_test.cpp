// SPDX-License-Identifier: Apache-2.0
// What a GPU's DRAM moves while the program is idle: counted once, behind the first measurement.
#include "collector/inject/idle_traffic.hpp"

#include <algorithm>

#include "tests/collector/inject/fake_process.hpp"
#include "tests/collector/inject/range_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;

namespace {

constexpr const char* metric = "ridge__idle_dram_bytes_per_second";

inject::Options idleOptions(inject::Options options = test::bytesOptions()) {
    options.idleTraffic = true;
    return options;
}

/// 5120 DRAM bytes in 10 ms, in one pass.
void prepare(test::FakeProcess& process) {
    process.cupti.metricsPerPass = 8;
    process.cupti.values["gpu__time_duration.sum"] = 10e6;
}

struct IdleProcess : test::RecordedProcess {
    IdleProcess() : RecordedProcess(idleOptions()) { prepare(*this); }
    [[nodiscard]] std::vector<db::Record> records() const {
        std::vector<db::Record> found;
        for (const auto& measured : all<inject::MeasuredRecord>()) found.push_back(measured.record);
        return found;
    }
    /// Those about the idle traffic, a line each.
    [[nodiscard]] std::string notes() const {
        std::string text;
        for (const auto& note : all<inject::Note>()) {
            if (note.text.starts_with("idle DRAM traffic")) text += note.text + "\n";
        }
        return text;
    }
};

}  // namespace

TEST_CASE("every record has the idle traffic, counted once behind the first launch") {
    IdleProcess process;
    process.launch("a");
    CHECK(process.cupti.count("PushRange") == 1);
    CHECK(process.cupti.count("Start") == 2);
    // The kernel that waits runs inside its range, and is over when the range ends.
    const auto& calls = process.cupti.calls;
    const auto push = std::find(calls.begin(), calls.end(), "PushRange");
    const auto launch = std::find(push, calls.end(), "cuLaunchKernelEx");
    const auto wait = std::find(launch, calls.end(), "cuCtxSynchronize");
    CHECK(std::find(wait, calls.end(), "PopRange") != calls.end());
    process.launch("b");
    process.launch("a");
    CHECK(process.cupti.count("PushRange") == 1);
    REQUIRE(process.records().size() == 3);
    for (const db::Record& record : process.records()) {
        CHECK_THAT(record.metrics.at(metric), WithinRel(5120 / 0.01, 1e-12));
        CHECK(record.metricUnits.at(metric) == "byte/s");
    }
    CHECK(process.cupti.broken.empty());
    CHECK(process.notes().empty());
}

TEST_CASE("the idle traffic is no part of when a launch was measured") {
    IdleProcess process;
    process.launch("a");
    const std::int64_t ended = process.all<inject::MeasuredRecord>()[0].during->endNs;
    process.launch("a");
    CHECK(process.all<inject::MeasuredRecord>()[1].during->beginNs >= ended);
    CHECK(process.cupti.kernelReplay);  // as before
}

TEST_CASE("each device has its own idle traffic") {
    IdleProcess process;
    process.cupti.devices = 2;
    process.launch("a");
    process.cupti.values["dram__bytes_read.sum"] = 8e6;
    process.cupti.values["dram__bytes_write.sum"] = 0;
    process.cupti.current = FakeCupti::second();
    process.launch("a");
    CHECK(process.cupti.count("PushRange") == 2);
    REQUIRE(process.records().size() == 2);
    CHECK_THAT(process.records()[0].metrics.at(metric), WithinRel(512e3, 1e-12));
    CHECK_THAT(process.records()[1].metrics.at(metric), WithinRel(8e8, 1e-12));
}

TEST_CASE("idle traffic that cannot be counted is a note, tried once, and costs no record") {
    IdleProcess process;
    std::string why;
    SECTION("a kernel of ours is not taken") {
        process.cupti.failingDriver["cuModuleLoadData"] = CUDA_ERROR_INVALID_PTX;
        why = "this driver takes no kernel of ours";
    }
    SECTION("the kernel does not run") {
        process.cupti.failingDriver["cuLaunchKernelEx"] = CUDA_ERROR_OUT_OF_MEMORY;
        why = "CUDA error 2";
    }
    SECTION("its counters take several passes") {
        process.cupti.metricsPerPass = 2;
        why = "more than one pass";
    }
    SECTION("CUPTI refuses a user range") {
        process.cupti.failing["PushRange"] = CUPTI_ERROR_INVALID_OPERATION;
        why = "INVALID_OPERATION";
    }
    SECTION("no time is delivered") {
        process.cupti.values["gpu__time_duration.sum"] = 0;
        why = "not delivered";
    }
    process.launch("a");
    process.launch("a");
    REQUIRE(process.records().size() == 2);
    for (const db::Record& record : process.records()) {
        CHECK(record.point.status == db::Status::ok);
        CHECK(record.point.dramBytes == 5120.0);
        CHECK(record.metrics.count(metric) == 0);
    }
    CHECK_THAT(process.notes(),
               ContainsSubstring("idle DRAM traffic not measured: ") && ContainsSubstring(why));
    CHECK(std::ranges::count(process.notes(), '\n') == 1);
    CHECK(process.all<inject::Refusal>().empty());
    CHECK(process.cupti.broken.empty());
    CHECK_FALSE(process.cupti.started);
}

TEST_CASE("a launch that failed is followed by no idle traffic") {
    IdleProcess process;
    process.launch("a", CUDA_ERROR_LAUNCH_FAILED);
    CHECK(process.cupti.count("PushRange") == 0);
    process.launch("a");
    CHECK(process.cupti.count("PushRange") == 1);
}

TEST_CASE("a range has the idle traffic too, counted behind its first occurrence") {
    test::RangeProcess process(idleOptions(test::rangeOptions()));
    prepare(process);
    process.occurrence({"a"});
    process.occurrence({"a"});
    CHECK(process.cupti.count("PushRange") == 3);
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 2);
    for (const auto& measured : records)
        CHECK_THAT(measured.record.metrics.at(metric), WithinRel(5120 / 0.01, 1e-12));
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("who does not ask for the idle traffic pays nothing for it") {
    test::RecordedProcess process;
    process.launch("a");
    CHECK(process.cupti.count("PushRange") == 0);
    CHECK(process.all<inject::MeasuredRecord>()[0].record.metrics.count(metric) == 0);
}
