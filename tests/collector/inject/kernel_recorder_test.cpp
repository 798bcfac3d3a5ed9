// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/kernel_recorder.hpp"

#include <atomic>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "tests/collector/inject/fake_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;
using Fixture = test::RecordedProcess;

TEST_CASE("a launch becomes a record with its counters, sent before the next launch") {
    Fixture process;
    process.launch("_Z3addPf");
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 1);
    const db::Point& point = records[0].record.point;
    CHECK(point.status == db::Status::ok);
    CHECK(point.dramReadBytes == 4096.0);
    CHECK(point.dramBytes == 5120.0);
    CHECK(point.passes == 3);
    CHECK(point.cache == "warm");
    REQUIRE(records[0].launch.has_value());
    CHECK(records[0].launch->name == "_Z3addPf");
    CHECK(records[0].launch->ordinal == 0);
    CHECK(records[0].launch->grid == "2,1,1");
    process.launch("_Z3addPf");
    CHECK(process.all<inject::MeasuredRecord>().at(1).launch->ordinal == 1);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("a record says when it was measured, a launch that was not measured does not") {
    Fixture process;
    const std::int64_t before = inject::monotonicNs();
    process.launch("a");
    const std::int64_t between = inject::monotonicNs();
    process.launch("a");
    process.launch("ncclDevKernel_AllReduce");
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 3);
    REQUIRE(records[0].during);
    CHECK(records[0].during->beginNs >= before);
    CHECK(records[0].during->endNs >= records[0].during->beginNs);
    CHECK(records[0].during->endNs <= between);
    CHECK(records[1].during->beginNs >= between);
    CHECK_FALSE(records[2].during);
}

TEST_CASE("the device is announced once, before its first record") {
    Fixture process;
    process.launch("a");
    process.launch("b");
    REQUIRE(process.events.size() >= 2);
    CHECK(std::holds_alternative<inject::SeenDevice>(process.events[0]));
    CHECK(process.all<inject::SeenDevice>().size() == 1);
    CHECK(process.all<inject::SeenDevice>()[0].device.name == "Fake GPU");
    CHECK(process.all<inject::SeenDevice>()[0].device.chip == "GH100");
}

TEST_CASE("the profiler is enabled once for many launches, started and stopped around each") {
    Fixture process;
    for (int i = 0; i < 3; ++i) process.launch("a");
    CHECK(process.cupti.count("Enable") == 1);
    CHECK(process.cupti.count("SetConfig") == 1);
    CHECK(process.cupti.count("Start") == 3);
    CHECK(process.cupti.count("Stop") == 3);
    CHECK(process.cupti.count("DecodeData") == 3);
    CHECK(process.cupti.count("PushRange") == 0);
    CHECK(process.cupti.kernelReplay);
}

TEST_CASE("the launch itself runs between Start and Stop") {
    Fixture process;
    process.recorder.launching({process.cupti.current, nullptr, nullptr, "a", {}});
    CHECK(process.cupti.started);
    process.recorder.launched(CUDA_SUCCESS);
    CHECK_FALSE(process.cupti.started);
}

TEST_CASE("launches that the filters leave out cost CUPTI nothing and are counted") {
    inject::Options options = test::bytesOptions();
    options.kernel = "gemm";
    options.skip = 1;
    options.count = 1;
    Fixture process(options);
    for (const char* name : {"copy", "gemm_a", "gemm_b", "gemm_c"}) process.launch(name);
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 1);
    CHECK(records[0].launch->name == "gemm_b");
    CHECK(process.cupti.count("Start") == 1);
    CHECK(process.recorder.finish().launches == 4);
    CHECK(process.recorder.finish().matched == 2);
}

TEST_CASE("kernels that wait for each other are recorded as skipped and never replayed") {
    Fixture process;
    process.launch("ncclDevKernel_AllReduce_Sum_f32_RING_LL");
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::skipped);
    CHECK_FALSE(process.points()[0].statusReason.empty());
    CHECK(process.cupti.count("Start") == 0);
    CHECK(process.all<inject::SeenDevice>().size() == 1);
}

TEST_CASE("two contexts take turns: the profiler of one is disabled before the other's is enabled") {
    Fixture process;
    process.cupti.devices = 2;
    process.launch("a");
    process.cupti.current = FakeCupti::second();
    process.launch("a");
    process.cupti.current = FakeCupti::primary();
    process.launch("a");
    CHECK(process.cupti.broken.empty());
    CHECK(process.cupti.count("Enable") == 3);
    CHECK(process.cupti.count("Disable") == 2);
    CHECK(process.all<inject::SeenDevice>().size() == 2);
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 3);
    CHECK(records[1].device == 1);
    CHECK(records[1].launch->ordinal == 0);
    CHECK(records[2].launch->ordinal == 1);
}

TEST_CASE("a destroyed context takes its profiler with it, and a new one with its address begins anew") {
    Fixture process;
    process.launch("a");
    process.recorder.contextDestroyed(FakeCupti::second());
    CHECK(process.cupti.enabled);
    process.recorder.contextDestroyed(FakeCupti::primary());
    CHECK_FALSE(process.cupti.enabled);
    process.launch("a");
    CHECK(process.cupti.count("Enable") == 2);
    CHECK(process.all<inject::MeasuredRecord>().size() == 2);
}

TEST_CASE("a launch that the driver refuses is recorded as failed and not counted among its kernel's") {
    Fixture process;
    process.launch("a", CUDA_ERROR_INVALID_VALUE);
    process.launch("a");
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 2);
    CHECK(records[0].record.point.status == db::Status::failed);
    CHECK(records[0].record.point.statusReason == "the launch failed with CUDA error 1");
    CHECK_FALSE(records[0].record.point.dramBytes.has_value());
    CHECK(records[1].record.point.status == db::Status::ok);
    CHECK(records[1].launch->ordinal == 0);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("dropped or extra ranges make a failed record without numbers, and the next launch starts afresh") {
    for (const auto& [dropped, ranges] : {std::pair<std::size_t, std::size_t>{1, 1}, {0, 0}, {0, 2}}) {
        Fixture process;
        process.cupti.dropped = dropped;
        process.cupti.ranges = ranges;
        process.launch("a");
        process.cupti.dropped = 0;
        process.cupti.ranges = 1;
        process.launch("a");
        REQUIRE(process.points().size() == 2);
        CHECK(process.points()[0].status == db::Status::failed);
        CHECK_FALSE(process.points()[0].dramBytes.has_value());
        CHECK(process.points()[1].status == db::Status::ok);
        CHECK(process.cupti.count("Enable") == 2);
        CHECK(process.all<inject::Refusal>().empty());
    }
}

TEST_CASE("NaN is absent from the record, with the reason told") {
    Fixture process;
    process.cupti.values["dram__bytes_read.sum"] = std::numeric_limits<double>::quiet_NaN();
    process.launch("a");
    REQUIRE(process.points().size() == 1);
    CHECK_FALSE(process.points()[0].dramBytes.has_value());
    CHECK(process.points()[0].dramWriteBytes == 1024.0);
    bool told = false;
    for (const auto& note : process.all<inject::Note>())
        told = told || note.text.find("dram__bytes_read.sum") != std::string::npos;
    CHECK(told);
}

TEST_CASE("each of CUPTI's refusals at each step before the launch is told once, and the program goes on") {
    const std::vector<std::string> steps{"Initialize",         "DeviceSupported",
                                         "GetChipName",        "GetCounterAvailability",
                                         "HostInitialize",     "GetBaseMetrics",
                                         "GetConfigImageSize", "GetConfigImage",
                                         "GetNumOfPasses",     "Enable",
                                         "GetCounterDataSize", "CounterDataImageInitialize",
                                         "SetConfig",          "Start"};
    const std::vector<std::pair<CUptiResult, ExitCode>> errors{
        {CUPTI_ERROR_INSUFFICIENT_PRIVILEGES, ExitCode::notPermitted},
        {CUPTI_ERROR_HARDWARE_BUSY, ExitCode::failed},
        {CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED, ExitCode::failed},
        {CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED, ExitCode::notPermitted},
        {CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES, ExitCode::notPermitted},
        {CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED, ExitCode::notPermitted},
        {CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED, ExitCode::notPermitted},
        {CUPTI_ERROR_UNKNOWN, ExitCode::failed}};
    for (const std::string& step : steps) {
        for (const auto& [error, code] : errors) {
            INFO(step << " gives " << static_cast<int>(error));
            Fixture process;
            process.cupti.failing[step] = error;
            process.launch("a");
            process.launch("b");
            process.launch("a");
            process.launch("a");
            const auto refusals = process.all<inject::Refusal>();
            REQUIRE(refusals.size() == 1);
            CHECK(refusals[0].code == code);
            CHECK_FALSE(refusals[0].hint.empty());
            // What does not hold everywhere may pass: three launches try.
            const auto points = process.points();
            CHECK(points.size() == (refusals[0].everywhere ? 0 : 3));
            for (const db::Point& point : points) {
                CHECK(point.status == db::Status::failed);
                CHECK(point.statusReason == refusals[0].message);
            }
            CHECK_FALSE(process.cupti.started);
            CHECK_FALSE(process.cupti.enabled);
            CHECK(process.cupti.broken.empty());
        }
    }
}

TEST_CASE("errors after the launch cost that launch; the third in a row ends the measuring") {
    for (const std::string step : {"Stop", "DecodeData", "GetCounterDataInfo", "EvaluateToGpuValues"}) {
        INFO(step);
        Fixture process;
        process.cupti.failing[step] = CUPTI_ERROR_HARDWARE_BUSY;
        process.launch("a");
        process.launch("a");
        CHECK(process.all<inject::Refusal>().empty());
        CHECK_FALSE(process.cupti.enabled);
        process.launch("a");
        REQUIRE(process.points().size() == 3);
        CHECK(process.points()[0].status == db::Status::failed);
        CHECK(process.points()[0].statusReason == "another program holds the GPU's counters");
        REQUIRE(process.all<inject::Refusal>().size() == 1);
        process.launch("a");
        CHECK(process.points().size() == 3);
        CHECK(process.cupti.broken.empty());
    }
}

TEST_CASE("a failure that passes ends nothing") {
    Fixture process;
    for (int i = 0; i < 5; ++i) {
        process.cupti.failing["DecodeData"] = CUPTI_ERROR_UNKNOWN;
        process.launch("a");
        process.cupti.failing.clear();
        process.launch("a");
    }
    CHECK(process.points().size() == 10);
    CHECK(process.all<inject::Refusal>().empty());
}

TEST_CASE("an unknown metric set is refused by name, at the first launch") {
    inject::Options options = test::bytesOptions();
    options.metricSet = "no-such-set";
    Fixture process(options);
    process.launch("a");
    REQUIRE(process.all<inject::Refusal>().size() == 1);
    CHECK(process.all<inject::Refusal>()[0].code == ExitCode::usage);
}

TEST_CASE("nothing is measured while a stream records a graph") {
    Fixture process;
    CUstream stream = reinterpret_cast<CUstream>(&process);
    process.program.captures.began(stream);
    process.launch("a");
    CHECK(process.cupti.count("Start") == 0);
    CHECK(process.all<inject::Note>().size() == 1);
    process.program.captures.ended(stream, CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
    process.launch("a");
    CHECK(process.points().empty());
    process.program.captures.ended(stream, CUDA_SUCCESS);
    process.launch("a");
    REQUIRE(process.points().size() == 1);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("a kernel launched while a stream records a graph is not held against another run from then on") {
    inject::Options options = test::bytesOptions();
    options.timed = true;
    Fixture process(options);
    CUstream stream = reinterpret_cast<CUstream>(&process);
    process.launch("a");
    process.program.captures.began(stream);
    process.launch("a");
    process.program.captures.ended(stream, CUDA_SUCCESS);
    process.launch("a");
    process.launch("b");
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 3);
    CHECK(records[0].launch->ordinal == 0);
    CHECK_FALSE(records[1].launch);
    CHECK(records[2].launch->ordinal == 0);
}

TEST_CASE("between cudaProfilerStart and Stop alone, where that was asked for") {
    inject::Options options = test::bytesOptions();
    options.start = inject::Start::profilerApi;
    Fixture process(options);
    process.launch("a");
    process.recorder.profilerStart();
    process.launch("b");
    process.recorder.profilerStop();
    process.launch("c");
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 1);
    CHECK(records[0].launch->name == "b");
}

TEST_CASE("a second callback without a first, and a launch inside a launch, do no harm") {
    Fixture process;
    process.recorder.launched(CUDA_SUCCESS);
    const inject::Launch outer{process.cupti.current, nullptr, nullptr, "outer", {}};
    process.recorder.launching(outer);
    process.launch("inner");
    process.recorder.launched(CUDA_SUCCESS);
    REQUIRE(process.points().size() == 1);
    CHECK(process.all<inject::MeasuredRecord>()[0].launch->name == "outer");
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("no other launch of the context passes while one is measured") {
    Fixture process;
    std::atomic<bool> passed{false};
    process.recorder.launching({process.cupti.current, nullptr, nullptr, "measured", {}});
    std::thread other([&] {
        process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "other", {}});
        passed = true;
        process.recorder.launched(CUDA_SUCCESS);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK_FALSE(passed);
    process.recorder.launched(CUDA_SUCCESS);
    other.join();
    CHECK(passed);
    CHECK(process.points().size() == 2);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("many threads launch at once and each launch is one record") {
    Fixture process;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "a", {}});
                process.recorder.launched(CUDA_SUCCESS);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(process.points().size() == 200);
    CHECK(process.cupti.broken.empty());
    CHECK(process.all<inject::Refusal>().empty());
}

TEST_CASE("the end of the process lets a launch under way finish, and those that wait for it pass") {
    Fixture process;
    process.recorder.launching({process.cupti.current, nullptr, nullptr, "measured", {}});
    std::thread other([&] {
        process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "other", {}});
        process.recorder.launched(CUDA_SUCCESS);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(process.recorder.finish().launches >= 1);
    process.recorder.launched(CUDA_SUCCESS);
    other.join();
    CHECK_FALSE(process.cupti.started);
    const std::size_t records = process.points().size();
    process.launch("after");
    CHECK(process.points().size() == records);
}
