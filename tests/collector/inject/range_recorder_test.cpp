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

TEST_CASE(
    "the name that CUPTI was given stays while its range is open, however deep ranges are nested in it") {
    Fixture process;
    process.push("step");
    const char* const given = process.cupti.pushedName;
    REQUIRE(given != nullptr);
    CHECK(given != process.stack.front().name.c_str());
    for (int i = 0; i < 100; ++i) process.push("inner");
    CHECK(std::string(given) == "step");
    for (int i = 0; i < 101; ++i) process.pop();
    CHECK(process.points().size() == 1);
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
    const std::size_t passes = 1 + process.fillRound();
    REQUIRE(process.points().size() == 1);
    CHECK(passes > 1);
    CHECK(process.points()[0].passes == static_cast<std::int64_t>(passes));
    CHECK(process.points()[0].dramBytes == 5120.0);
    CHECK(process.cupti.count("Enable") == 1);
    CHECK(process.cupti.count("SetConfig") == passes);
    const auto during = process.rows()[0].during.value();
    CHECK(during.beginNs >= began);
    CHECK(during.beginNs <= second);  // of the first pass, not of the last
    CHECK(during.endNs >= second);
    for (std::size_t i = 0; i < passes; ++i) process.occurrence({"a"});
    CHECK(process.points().size() == 2);
    CHECK(process.rows()[1].during->beginNs >= during.endNs);
    CHECK(process.all<inject::MeasuredRecord>().size() == 2 * passes);  // no more than one an occurrence
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("an occurrence of other kernels ends a round, whose row keeps what it had and says so") {
    Fixture process;
    process.cupti.metricsPerPass = 3;
    process.occurrence({"a"});
    process.occurrence({"b"});
    auto rows = process.rows();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].record.point.status == db::Status::ok);
    CHECK(rows[0].record.point.dramBytes == 5120.0);
    CHECK(rows[0].record.point.passes == 1);
    CHECK_FALSE(rows[0].record.point.smClockHz.has_value());
    CHECK_THAT(rows[0].record.point.statusReason,
               Catch::Matchers::StartsWith("1 of ") && ContainsSubstring("other kernels"));
    CHECK_FALSE(rows[0].launch.has_value());  // the time of all occurrences is not that of this one
    CHECK(rows[0].record.kernels.at(0).name == "a");
    CHECK(rows[0].revision->isLast);
    process.fillRound({"b"});
    rows = process.rows();
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].record.point.statusReason.empty());
    CHECK(rows[1].record.point.dramBytes == 5120.0);
    CHECK(rows[1].record.kernels.at(0).name == "b");
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("a range is sent as soon as its first pass is there, with what that holds, and again with each") {
    Fixture process;
    process.cupti.metricsPerPass = 3;
    process.occurrence({"a"});
    const auto first = process.all<inject::MeasuredRecord>();
    REQUIRE(first.size() == 1);
    REQUIRE(first[0].revision.has_value());
    CHECK_FALSE(first[0].revision->isLast);
    const db::Point& point = first[0].record.point;
    CHECK(point.status == db::Status::ok);
    CHECK(point.dramBytes == 5120.0);
    CHECK(point.passes == 1);
    CHECK_FALSE(point.flopsExecuted.has_value());
    CHECK_FALSE(point.smClockHz.has_value());
    CHECK_THAT(point.statusReason, Catch::Matchers::StartsWith("1 of ") && ContainsSubstring("FLOPs") &&
                                       ContainsSubstring("--metrics bytes"));
    CHECK(first[0].launch->name == "step");
    CHECK(first[0].record.kernels.size() == 1);
    CHECK(first[0].during.has_value());
    CHECK(process.all<inject::Note>().empty());

    const std::size_t passes = process.fillRound() + 1;
    const auto all = process.all<inject::MeasuredRecord>();
    REQUIRE(all.size() == passes);
    for (std::size_t i = 1; i < passes; ++i) {
        CHECK(all[i].revision->row == first[0].revision->row);
        CHECK(all[i].revision->isLast == (i + 1 == passes));
        CHECK(all[i].record.metrics.size() > all[i - 1].record.metrics.size());
        CHECK(all[i].record.point.passes == static_cast<std::int64_t>(i + 1));
    }
    CHECK(all.back().record.point.statusReason.empty());
    CHECK(all.back().record.point.smClockHz.has_value());
    process.occurrence({"a"});
    CHECK(process.all<inject::MeasuredRecord>().back().revision->row != first[0].revision->row);
}

TEST_CASE("ranges of two names fill a row each, and the end of the program changes neither") {
    Fixture process([] {
        inject::Options options = test::rangeOptions();
        options.nvtx = "regex:a|b/";
        return options;
    }());
    process.cupti.metricsPerPass = 3;
    for (const char* name : {"a", "b", "a"}) {
        process.push(name);
        process.launch(process.recorder, "k");
        process.pop();
    }
    const auto before = process.all<inject::MeasuredRecord>().size();
    static_cast<void>(process.recorder.finish());
    CHECK(process.all<inject::MeasuredRecord>().size() == before);
    const auto points = process.points();
    REQUIRE(points.size() == 2);
    CHECK(points[0].series == "a");
    CHECK(points[0].passes == 2);
    CHECK(points[1].series == "b");
    CHECK(points[1].passes == 1);
    CHECK(points[1].dramBytes == 5120.0);
}

TEST_CASE("a range that the program ended in is a failed row") {
    Fixture process;
    process.push("step");
    static_cast<void>(process.recorder.finish());
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK(process.points()[0].series == "step");
    CHECK_THAT(process.points()[0].statusReason, ContainsSubstring("the program ended inside it"));
}

TEST_CASE("a range whose first occurrence was lost is a failed row until a pass of it is there") {
    Fixture process;
    process.cupti.fault = test::Fault{"DecodeData", 1, CUPTI_ERROR_UNKNOWN};
    process.occurrence({"a"});
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK_THAT(process.points()[0].statusReason, Catch::Matchers::StartsWith("0 of 1 passes"));
    process.occurrence({"a"});
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::ok);
    CHECK(process.points()[0].dramBytes == 5120.0);
    process.occurrence({"a"});
    CHECK(process.points().size() == 2);
}

TEST_CASE("a pass whose image cannot be emptied for the next is kept") {
    Fixture process;
    process.occurrence({"a"});
    const std::size_t cleared = process.cupti.count("CounterDataImageInitialize");
    process.cupti.fault = test::Fault{"CounterDataImageInitialize", cleared + 1, CUPTI_ERROR_UNKNOWN};
    for (int i = 0; i < 2; ++i) process.occurrence({"a"});
    REQUIRE(process.points().size() == 3);
    for (const db::Point& point : process.points()) CHECK(point.dramBytes == 5120.0);
    CHECK(process.cupti.count("Enable") == 2);
    for (const auto& note : process.all<inject::Note>()) CHECK_THAT(note.text, !ContainsSubstring("lost"));
    CHECK(process.cupti.broken.empty());
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
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK_THAT(process.points()[0].statusReason, ContainsSubstring("context was destroyed"));
    process.occurrence({"a"});
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::ok);
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
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK(process.all<inject::MeasuredRecord>().size() == 1);  // not one a loss
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
        REQUIRE(process.points().size() == 1);
        CHECK(process.points()[0].status == db::Status::failed);
        CHECK_FALSE(process.points()[0].dramBytes.has_value());
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
