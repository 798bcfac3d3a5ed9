// SPDX-License-Identifier: Apache-2.0
// Every call that a range's measurement makes of CUPTI goes wrong once, with every error code.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "collector/cupti/error.hpp"
#include "collector/inject/range_recorder.hpp"
#include "tests/collector/inject/range_process.hpp"
#include "tests/collector/inject/roofline_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

struct Work {
    double bytes = 0, flops = 0;
};
/// By the kernel that does it.
const std::map<std::string, Work> works{{"add", {64, 16}}, {"gemm", {256, 4096}}};

/// The set takes three passes, the tensor pipe's counter one more.
struct Fixture : test::RangeProcess {
    Fixture() : RangeProcess(options()) {
        test::makeTensorChip(cupti);
        cupti.metricsPerPass = 7;
    }
    static inject::Options options() {
        inject::Options options = test::rangeOptions();
        options.metricSet = "roofline";
        return options;
    }
    void add(int count) {
        test::doWork(cupti, {{test::ffmaCounter, 8}, {"dram__bytes_read.sum", 64}});
        for (int i = 0; i < count; ++i) occurrence({"add"});
    }
    void gemm(int count) {
        test::doWork(cupti,
                     {{test::bf16Counter, 4096}, {test::tensorPipe, 16}, {"dram__bytes_read.sum", 256}});
        for (int i = 0; i < count; ++i) occurrence({"gemm"});
    }
    /// Whole rounds, with and without a look at the tensor pipe, a context that goes, and a round that the
    /// program's end cuts off.
    void runProgram() {
        gemm(3);
        add(4);
        push("step");
        recorder.contextDestroyed(cupti.current);
        pop();
        gemm(5);
        static_cast<void>(recorder.finish());
    }
    [[nodiscard]] std::size_t wholeRows() const {
        std::size_t whole = 0;
        for (const db::Point& point : points()) whole += point.flopsExecuted ? 1U : 0U;
        return whole;
    }
};

/// How often the program calls each of CUPTI's functions before it ends.
std::map<std::string, std::size_t> callsOfTheProgram() {
    Fixture process;
    process.runProgram();
    std::map<std::string, std::size_t> calls;
    for (const std::string& call : process.cupti.calls) {
        if (!call.starts_with("cu")) ++calls[call];
    }
    return calls;
}

/// Each number is right or absent, and where one is absent the row says why.
void checkRow(const db::Record& record) {
    const db::Point& point = record.point;
    if (point.status == db::Status::failed) {
        CHECK_FALSE(point.dramBytes.has_value());
        CHECK_FALSE(point.flopsExecuted.has_value());
        CHECK_FALSE(point.statusReason.empty());
        return;
    }
    REQUIRE(record.kernels.size() == 1);
    const Work& work = works.at(record.kernels[0].name);
    CHECK(point.dramBytes.value_or(work.bytes) == work.bytes);
    CHECK(point.flopsExecuted.value_or(work.flops) == work.flops);
    const bool isComplete = point.dramBytes && point.flopsExecuted;
    CHECK(point.statusReason.empty() == isComplete);
}

/// No record of a row lacks what one before it had.
void checkGrows(const std::vector<inject::MeasuredRecord>& records) {
    std::map<std::int64_t, const db::Record*> known;
    for (const inject::MeasuredRecord& measured : records) {
        if (!measured.revision) continue;
        const db::Record*& before = known[measured.revision->row];
        if (before != nullptr) {
            CHECK(std::includes(measured.record.metrics.begin(), measured.record.metrics.end(),
                                before->metrics.begin(), before->metrics.end()));
        }
        before = &measured.record;
    }
}

/// Somebody is told of it by CUPTI's code.
void checkTold(const Fixture& process, CUptiResult code) {
    const std::string text = cupti::translate(code).text;
    bool isTold = false;
    for (const auto& refusal : process.all<inject::Refusal>())
        isTold = isTold || refusal.message.starts_with(text);
    for (const auto& note : process.all<inject::Note>())
        isTold = isTold || note.text.find(text) != std::string::npos;
    for (const db::Point& point : process.points())
        isTold = isTold || point.statusReason.find("CUPTI gave no value of ") == 0;
    CHECK(isTold);
}

void checkFault(const test::Fault& fault) {
    INFO(fault.call << " " << fault.occurrence << " gives " << static_cast<int>(fault.result));
    Fixture process;
    process.cupti.fault = fault;
    process.runProgram();
    for (const auto& row : process.rows()) checkRow(row.record);
    checkGrows(process.all<inject::MeasuredRecord>());
    if (process.wholeRows() < 3) checkTold(process, fault.result);
    CHECK_FALSE((process.cupti.started || process.cupti.pushed));
    CHECK(process.cupti.broken.empty());
}

}  // namespace

TEST_CASE("the program that faults are put into has its rows without them") {
    Fixture process;
    process.runProgram();
    const auto points = process.points();
    REQUIRE(points.size() == 4);
    for (const auto& row : process.rows()) checkRow(row.record);
    CHECK(points[0].flopsExecuted == 4096.0);
    CHECK(points[1].flopsExecuted == 16.0);
    CHECK(points[1].passes == 4);
    CHECK(points[2].flopsExecuted == 4096.0);
    CHECK(points[3].passes == 2);
    CHECK(points[3].dramBytes == 256.0);
    CHECK_FALSE(points[3].flopsExecuted.has_value());
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("every call with every error code leaves a range right numbers or a reason, and no row is lost") {
    const auto calls = callsOfTheProgram();
    REQUIRE(calls.size() >= 20);
    for (const auto& [call, count] : calls) {
        for (const CUptiResult code : test::knownErrors()) checkFault({call, count, code});
    }
}

TEST_CASE("so does a call at any other time, whether CUPTI refuses it or is busy") {
    for (const auto& [call, count] : callsOfTheProgram()) {
        // Planning is a loop of the same calls, before the first range.
        const bool isMeasuring = count < 50;
        for (std::size_t occurrence = 1; occurrence < count; occurrence += isMeasuring ? 1 : 20) {
            for (const CUptiResult code : {CUPTI_ERROR_UNKNOWN, CUPTI_ERROR_HARDWARE_BUSY})
                checkFault({call, occurrence, code});
        }
    }
}

TEST_CASE("a second GPU without counters takes nothing from the first: CUPTI is initialized once, for both") {
    Fixture process;
    process.cupti.devices = 2;
    process.gemm(1);
    process.cupti.current = test::FakeCupti::second();
    process.cupti.failing["GetCounterAvailability"] = CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED;
    process.gemm(1);
    process.cupti.current = test::FakeCupti::primary();
    process.cupti.failing.clear();
    process.gemm(2);
    CHECK(process.cupti.count("Initialize") == 1);
    CHECK(process.cupti.count("DeviceSupported") == 2);
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].flopsExecuted == 4096.0);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("a fault between two rounds costs neither of them") {
    for (const char* call : {"Start", "PushRange", "Stop", "PopRange", "DecodeData", "EvaluateToGpuValues"}) {
        INFO(call);
        Fixture process;
        process.gemm(3);
        process.cupti.fault = test::Fault{call, process.cupti.count(call) + 1, CUPTI_ERROR_HARDWARE_BUSY};
        process.gemm(4);
        REQUIRE_FALSE(process.points().empty());
        CHECK(process.points()[0].flopsExecuted == 4096.0);
        CHECK(process.points()[0].dramBytes == 256.0);
        checkTold(process, CUPTI_ERROR_HARDWARE_BUSY);
    }
}

TEST_CASE("GPU work that fails inside a range is told by its error, and the row keeps the passes before it") {
    Fixture process;
    process.gemm(1);
    process.push("step");
    process.cupti.failingDriver["cuCtxSynchronize"] = CUDA_ERROR_ILLEGAL_ADDRESS;
    process.pop();
    process.cupti.failingDriver.clear();
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].dramBytes == 256.0);
    CHECK_FALSE(process.points()[0].flopsExecuted.has_value());
    CHECK_THAT(process.all<inject::Note>().back().text, ContainsSubstring("CUDA error 700"));
    process.gemm(2);
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].flopsExecuted == 4096.0);
}
