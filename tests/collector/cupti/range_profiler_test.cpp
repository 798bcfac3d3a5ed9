// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/range_profiler.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "collector/cupti/device_queries.hpp"
#include "collector/cupti/error.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using cupti::CounterReading;
using cupti::RangeProfilerBackend;
using test::FakeCupti;
using Names = std::vector<std::string>;

namespace {

const Names twoMetrics{"dram__bytes_read.sum", "lts__t_bytes.sum"};

cupti::RangeWork counted(int& prepared, int& worked) {
    return {"gemm", [&prepared] { ++prepared; }, [&worked] { ++worked; }};
}

CounterReading readTwo() {
    RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
    return backend.read(twoMetrics, {"gemm", {}, [] {}});
}

/// The error of making a backend and reading two metrics, as exit code; 0 without one.
int exitCodeOf(const std::string& call, CUptiResult result) {
    FakeCupti fake;
    fake.failing[call] = result;
    int code = 0;
    try {
        static_cast<void>(readTwo());
    } catch (const Error& error) {
        code = static_cast<int>(error.code());
    }
    INFO(call << " gives " << static_cast<int>(result));
    CHECK(fake.isClean());
    return code;
}

}  // namespace

TEST_CASE("the chip is named also where its counters may not be read, and not behind a gate that is shut") {
    FakeCupti fake;
    const auto chip = [] { return cupti::chipAlone(FakeCupti::api(), &FakeCupti::driver(), 0); };
    fake.failing["GetCounterAvailability"] = CUPTI_ERROR_INSUFFICIENT_PRIVILEGES;
    CHECK_THROWS_AS(readTwo(), Error);
    CHECK(chip() == "GH100");
    fake.failing["GetChipName"] = CUPTI_ERROR_UNKNOWN;
    CHECK(chip().empty());
    const std::size_t asked = fake.count("GetChipName");
    fake.failing["DeviceSupported"] = CUPTI_ERROR_INSUFFICIENT_PRIVILEGES;
    CHECK(chip().empty());
    CHECK(cupti::chipAlone(FakeCupti::api(), nullptr, 0).empty());
    CHECK(fake.count("GetChipName") == asked);
    CHECK(fake.isClean());
}

TEST_CASE("the work runs once a pass, prepared before each, and the values come back by name") {
    FakeCupti fake;
    fake.values = {{twoMetrics[0], 4096}, {twoMetrics[1], 8192}};
    int prepared = 0;
    int worked = 0;
    {
        RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
        CHECK(backend.chip() == "GH100");
        const CounterReading reading = backend.read(twoMetrics, counted(prepared, worked));
        CHECK(reading.passes == 3);
        CHECK(reading.values == fake.values);
        CHECK(reading.refused.empty());
    }
    CHECK(prepared == 3);
    CHECK(worked == 3);
    CHECK(fake.isClean());
}

TEST_CASE("a session makes CUPTI's calls in their order") {
    FakeCupti fake;
    fake.passesNeeded = 1;
    static_cast<void>(readTwo());
    Names session;
    for (const std::string& call : fake.calls) {
        if (call.starts_with("cu")) continue;
        if (call == "Enable" || !session.empty()) session.push_back(call);
    }
    session.resize(session.empty() ? 0 : 9);
    CHECK(session == Names{"Enable", "GetCounterDataSize", "CounterDataImageInitialize", "SetConfig", "Start",
                           "PushRange", "PopRange", "Stop", "DecodeData"});
}

TEST_CASE("preparing is outside the range and the work inside it") {
    FakeCupti fake;
    RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
    const cupti::RangeWork work{"gemm", [&] { CHECK_FALSE(fake.started); }, [&] { CHECK(fake.pushed); }};
    CHECK(backend.read(twoMetrics, work).passes == 3);
}

TEST_CASE("the primary context is current during a session and the thread's own one again after it") {
    FakeCupti fake;
    int other = 0;
    fake.current = reinterpret_cast<CUcontext>(&other);
    RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
    CHECK(fake.current == reinterpret_cast<CUcontext>(&other));
    static_cast<void>(
        backend.read(twoMetrics, {"gemm", {}, [&] { CHECK(fake.current == FakeCupti::primary()); }}));
    CHECK(fake.current == reinterpret_cast<CUcontext>(&other));
    CHECK(fake.broken.empty());
}

TEST_CASE("a plan is made once for the same metrics") {
    FakeCupti fake;
    RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
    for (int i = 0; i < 2; ++i) {
        static_cast<void>(backend.read(twoMetrics, {"gemm", {}, [] {}}));
    }
    CHECK(fake.count("GetConfigImage") == 1);
    CHECK(backend.passes(twoMetrics) == 3);
    CHECK(fake.count("Enable") == 2);
}

TEST_CASE("NaN is refused by name and is no value") {
    FakeCupti fake;
    fake.values[twoMetrics[1]] = std::numeric_limits<double>::quiet_NaN();
    const CounterReading reading = readTwo();
    CHECK(reading.refused == Names{twoMetrics[1]});
    CHECK(reading.values.size() == 1);
    CHECK(reading.values.count(twoMetrics[0]) == 1);
}

TEST_CASE("a metric that the device does not take is refused by name and the others are read") {
    FakeCupti fake;
    fake.unknownMetrics = {twoMetrics[0]};
    const CounterReading reading = readTwo();
    CHECK(reading.refused == Names{twoMetrics[0]});
    CHECK(reading.values.count(twoMetrics[1]) == 1);
    CHECK(fake.isClean());
}

TEST_CASE("nothing but refused metrics reads nothing and starts no session") {
    FakeCupti fake;
    fake.unknownMetrics = {twoMetrics.begin(), twoMetrics.end()};
    const CounterReading reading = readTwo();
    CHECK(reading.refused == twoMetrics);
    CHECK(reading.passes == 0);
    CHECK(fake.count("Enable") == 0);
}

TEST_CASE("dropped or extra ranges are an error, not numbers") {
    for (const auto& [dropped, ranges] : {std::pair<std::size_t, std::size_t>{1, 1}, {0, 0}, {0, 2}}) {
        FakeCupti fake;
        fake.dropped = dropped;
        fake.ranges = ranges;
        CHECK_THROWS_WITH(readTwo(), ContainsSubstring("the counters are not whole"));
        CHECK(fake.isClean());
    }
}

TEST_CASE("passes that never end are an error after a few more than planned") {
    FakeCupti fake;
    fake.passesNeeded = 0;
    CHECK_THROWS_WITH(readTwo(), ContainsSubstring("not complete after 7 passes of 3"));
    CHECK(fake.isClean());
}

TEST_CASE("a pass more than planned is run") {
    FakeCupti fake;
    fake.passesNeeded = 4;
    CHECK(readTwo().passes == 4);
}

TEST_CASE("an exception of the work leaves the range popped, the pass stopped and the profiler disabled") {
    FakeCupti fake;
    RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
    const auto fail = [] { throw std::runtime_error("launch failed"); };
    CHECK_THROWS_WITH(backend.read(twoMetrics, {"gemm", {}, fail}), ContainsSubstring("launch failed"));
    CHECK(fake.count("PopRange") == 1);
    CHECK(fake.count("Stop") == 1);
    CHECK(fake.count("Disable") == 1);
    CHECK(fake.count("DecodeData") == 0);
    CHECK(fake.current == nullptr);

    CHECK(backend.read(twoMetrics, {"gemm", {}, [] {}}).passes == 3);
    CHECK_THROWS_WITH(backend.read(twoMetrics, {"gemm", fail, [] {}}), ContainsSubstring("launch failed"));
    CHECK(fake.broken.empty());
}

TEST_CASE("a probe starts and stops the counters once, around an empty range, and decodes nothing") {
    FakeCupti fake;
    {
        RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
        backend.probe(twoMetrics);
        const Names last(fake.calls.end() - 7, fake.calls.end());
        CHECK(last ==
              Names{"SetConfig", "Start", "PushRange", "PopRange", "Stop", "Disable", "cuCtxSetCurrent"});
        CHECK(fake.count("DecodeData") == 0);
    }
    CHECK(fake.isClean());
}

TEST_CASE("a probe tells what refuses the counters, at whichever call, and leaves nothing open") {
    const char* const calls[] = {"Enable", "SetConfig", "Start", "PushRange", "PopRange", "Stop"};
    for (const char* call : calls) {
        for (const CUptiResult code : {CUPTI_ERROR_HARDWARE_BUSY, CUPTI_ERROR_INSUFFICIENT_PRIVILEGES}) {
            INFO(call << " gives " << static_cast<int>(code));
            FakeCupti fake;
            fake.failing[call] = code;
            {
                RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
                CHECK_THROWS_WITH(backend.probe(twoMetrics), cupti::translate(code).text);
                CHECK_FALSE((fake.enabled || fake.started || fake.pushed));
                CHECK(fake.current == nullptr);
            }
            CHECK(fake.isClean());
        }
    }
}

TEST_CASE("a probe's empty range that fails by itself says nothing of the machine") {
    for (const char* call : {"Start", "PushRange", "PopRange", "Stop"}) {
        INFO(call);
        FakeCupti fake;
        fake.failing[call] = CUPTI_ERROR_INVALID_OPERATION;
        {
            RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
            CHECK_NOTHROW(backend.probe(twoMetrics));
            CHECK_FALSE((fake.enabled || fake.started || fake.pushed));
        }
        CHECK(fake.isClean());
    }
    FakeCupti fake;
    fake.failing["SetConfig"] = CUPTI_ERROR_INVALID_OPERATION;
    RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
    CHECK_THROWS_AS(backend.probe(twoMetrics), cupti::CuptiError);
}

TEST_CASE("failing releases are not errors: the values are there already") {
    CHECK(exitCodeOf("Disable", CUPTI_ERROR_UNKNOWN) == 0);
}

TEST_CASE("a driver that does not give the context is an error with everything given back") {
    for (const char* call : {"cuDevicePrimaryCtxRetain", "cuCtxGetCurrent", "cuCtxSetCurrent"}) {
        FakeCupti fake;
        fake.failingDriver[call] = CUDA_ERROR_OUT_OF_MEMORY;
        CHECK_THROWS_WITH(readTwo(), ContainsSubstring(std::string(call) + " gives CUDA driver error 2"));
        CHECK(fake.isClean());
    }
}
