// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/range_recorder.hpp"

#include <string>
#include <vector>

#include "tests/collector/inject/range_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;

using Fixture = test::RangeProcess;

TEST_CASE("a range of one pass is a record an occurrence, with the kernels launched in it") {
    Fixture process;
    process.launch(process.recorder, "before");
    process.occurrence({"a", "b", "a"});
    process.occurrence({"a"});
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 2);
    CHECK(records[0].record.point.op == "range");
    CHECK(records[0].record.point.series == "step");
    CHECK(records[0].record.point.dramReadBytes == 4096.0);
    CHECK(records[0].record.point.passes == 1);
    REQUIRE(records[0].record.kernels.size() == 2);
    CHECK(records[0].record.kernels[0].name == "a");
    CHECK(records[0].record.kernels[0].launches == 2);
    CHECK(records[1].launch->name == "step");
    CHECK(records[1].launch->ordinal == 1);
    CHECK(process.cupti.broken.empty());
    CHECK(process.cupti.count("PushRange") == 2);
    CHECK(process.cupti.count("PopRange") == 2);
}

TEST_CASE("the device is idle before the counters start and before they stop") {
    Fixture process;
    process.push("step");
    const auto& calls = process.cupti.calls;
    const auto at = [&](const char* name) {
        return std::find(calls.begin(), calls.end(), name) - calls.begin();
    };
    CHECK(at("cuCtxSynchronize") < at("Start"));
    const auto before = process.cupti.count("cuCtxSynchronize");
    process.pop();
    CHECK(process.cupti.count("cuCtxSynchronize") == before + 1);
    const auto last = std::find(calls.rbegin(), calls.rend(), "cuCtxSynchronize");
    CHECK(std::find(calls.rbegin(), last, "PopRange") != last);
}

TEST_CASE("occurrences rotate through the passes and as many as there are passes make one record") {
    Fixture process;
    process.cupti.metricsPerPass = 3;
    const std::int64_t began = inject::monotonicNs();
    process.occurrence({"a"});
    const std::int64_t second = inject::monotonicNs();
    const std::size_t passes = [&] {
        std::size_t n = 1;
        while (process.points().empty() && n < 10) {
            process.occurrence({"a"});
            ++n;
        }
        return n;
    }();
    REQUIRE(process.points().size() == 1);
    CHECK(passes > 1);
    CHECK(process.points()[0].passes == static_cast<std::int64_t>(passes));
    CHECK(process.points()[0].dramBytes == 5120.0);
    CHECK(process.cupti.count("Enable") == 1);
    CHECK(process.cupti.count("SetConfig") == passes);
    const auto during = process.all<inject::MeasuredRecord>()[0].during.value();
    CHECK(during.beginNs >= began);
    CHECK(during.beginNs <= second);  // of the first pass, not of the last
    CHECK(during.endNs >= second);
    for (std::size_t i = 0; i < passes; ++i) process.occurrence({"a"});
    CHECK(process.points().size() == 2);
    CHECK(process.all<inject::MeasuredRecord>()[1].during->beginNs >= during.endNs);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("occurrences that launch different kernels do not make one record's numbers") {
    Fixture process;
    process.cupti.metricsPerPass = 4;
    for (int i = 0; process.points().empty() && i < 10; ++i) process.occurrence({i % 2 == 0 ? "a" : "b"});
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK_FALSE(process.points()[0].dramBytes.has_value());
}

TEST_CASE("a range that never had all its passes is a failed record at the end that says so") {
    Fixture process;
    process.cupti.metricsPerPass = 3;
    process.occurrence({"a"});
    CHECK(process.points().empty());
    static_cast<void>(process.recorder.finish());
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK(process.points()[0].statusReason.find("passes") != std::string::npos);
}

TEST_CASE("a context destroyed in mid-range loses that occurrence and leaves nothing enabled") {
    Fixture process;
    process.push("step");
    CHECK(process.cupti.pushed);
    process.recorder.contextDestroyed(FakeCupti::primary());
    CHECK_FALSE(process.cupti.pushed);
    CHECK_FALSE(process.cupti.started);
    CHECK_FALSE(process.cupti.enabled);
    process.pop();
    CHECK(process.points().empty());
    process.occurrence({"a"});
    CHECK(process.points().size() == 1);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("a thread without a context, or a graph being recorded, leaves a range unmeasured with a note") {
    Fixture process;
    process.cupti.current = nullptr;
    process.push("step");
    process.pop();
    process.cupti.current = FakeCupti::primary();
    CUstream stream = reinterpret_cast<CUstream>(&process);
    process.program.captures.began(stream);
    process.push("step");
    process.pop();
    CHECK(process.all<inject::Note>().size() == 2);
    CHECK(process.cupti.count("Start") == 0);
    process.program.captures.ended(stream, CUDA_SUCCESS);
    process.occurrence({"a"});
    CHECK(process.points().size() == 1);
}

TEST_CASE("while a graph is recorded nothing of the profiler is touched, whatever ends meanwhile") {
    Fixture process;
    CUstream stream = reinterpret_cast<CUstream>(&process);
    for (int i = 0; i < 4; ++i) {
        process.push("step");
        process.program.captures.began(stream);
        const auto before = static_cast<std::ptrdiff_t>(process.cupti.calls.size());
        process.pop();
        process.push("step");
        process.pop();
        const std::vector<std::string> meanwhile(process.cupti.calls.begin() + before,
                                                 process.cupti.calls.end());
        CHECK(meanwhile == std::vector<std::string>{"cuCtxGetCurrent"});
        process.program.captures.ended(stream, CUDA_SUCCESS);
    }
    CHECK(process.points().empty());
    CHECK(process.cupti.enabled);
    process.occurrence({"a"});
    CHECK(process.points().size() == 1);
    CHECK(process.points()[0].dramBytes == 5120.0);
    CHECK(process.cupti.count("Disable") == 4);
    CHECK(process.cupti.broken.empty());
    CHECK(process.all<inject::Refusal>().empty());
}

TEST_CASE("errors inside a range lose it and end the measuring at the third") {
    for (const std::string step : {"PopRange", "Stop", "DecodeData", "EvaluateToGpuValues"}) {
        INFO(step);
        Fixture process;
        process.cupti.failing[step] = CUPTI_ERROR_UNKNOWN;
        for (int i = 0; i < 4; ++i) process.occurrence({"a"});
        CHECK(process.points().empty());
        CHECK(process.all<inject::Refusal>().size() == 1);
        CHECK_FALSE(process.cupti.enabled);
        CHECK(process.cupti.broken.empty());
    }
}

TEST_CASE("errors before a range are refused once") {
    for (const std::string step :
         {"Initialize", "GetCounterAvailability", "Enable", "SetConfig", "Start", "PushRange"}) {
        INFO(step);
        Fixture process;
        process.cupti.failing[step] = CUPTI_ERROR_INSUFFICIENT_PRIVILEGES;
        for (int i = 0; i < 2; ++i) process.occurrence({"a"});
        REQUIRE(process.all<inject::Refusal>().size() == 1);
        CHECK(process.all<inject::Refusal>()[0].code == ExitCode::notPermitted);
        CHECK_FALSE(process.cupti.started);
        CHECK_FALSE(process.cupti.enabled);
        CHECK(process.cupti.broken.empty());
    }
}
