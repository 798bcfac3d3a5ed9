// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/timers.hpp"

#include <string>
#include <vector>

#include "tests/collector/inject/fake_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using inject::KernelActivity;

namespace {

const std::string gemm = "gemm", copy = "copy";

KernelActivity ran(const std::string& name, std::uint32_t correlation, std::uint64_t start, std::uint64_t end,
                   int device = 0) {
    return {device, &name, {{1, 1, 1}, {32, 1, 1}}, correlation, false, start, end};
}

/// FakeCupti's with activity records, of which none ever comes.
cupti::Api withActivity() {
    cupti::Api api = test::FakeCupti::api();
    api.activityRegisterCallbacks = [](CUpti_BuffersCallbackRequestFunc, CUpti_BuffersCallbackCompleteFunc) {
        return CUPTI_SUCCESS;
    };
    api.activityEnable = [](CUpti_ActivityKind) { return CUPTI_SUCCESS; };
    api.activityDisable = [](CUpti_ActivityKind) { return CUPTI_SUCCESS; };
    api.activityFlushAll = [](std::uint32_t) { return CUPTI_SUCCESS; };
    return api;
}

}  // namespace

TEST_CASE("launches are timed in the order of the program's calls, each with its place among its kernel's") {
    const inject::KernelSelection selection(test::bytesOptions());
    const auto timings = inject::timingsOf(
        {ran(gemm, 9, 500, 530), ran(copy, 5, 100, 101), ran(gemm, 3, 10, 20), ran(gemm, 7, 1, 2, 1)},
        selection);
    REQUIRE(timings.size() == 4);
    CHECK(timings[0].launch.name == "gemm");
    CHECK(timings[0].launch.ordinal == 0);
    CHECK(timings[0].timeNs == 10.0);
    CHECK(timings[1].launch.name == "copy");
    CHECK(timings[2].device == 1);
    CHECK(timings[2].launch.ordinal == 0);
    CHECK(timings[3].launch.ordinal == 1);
    CHECK(timings[3].timeNs == 30.0);
}

TEST_CASE("a launch without a time keeps its place and is not told; graph kernels have none") {
    const inject::KernelSelection selection(test::bytesOptions());
    KernelActivity ofGraph = ran(gemm, 1, 1, 2);
    ofGraph.ofGraph = true;
    const auto timings = inject::timingsOf({ofGraph, ran(gemm, 2, 0, 0), ran(gemm, 3, 5, 9)}, selection);
    REQUIRE(timings.size() == 1);
    CHECK(timings[0].launch.ordinal == 1);
}

TEST_CASE("a timing says when its launch ran, where CUPTI's clock is known") {
    const inject::KernelSelection selection(test::bytesOptions());
    const auto placed = inject::timingsOf({ran(gemm, 1, 100, 130)}, selection, 5000);
    REQUIRE(placed.at(0).during);
    CHECK(placed.at(0).during->beginNs == 5100);
    CHECK(placed.at(0).during->endNs == 5130);
    CHECK_FALSE(inject::timingsOf({ran(gemm, 1, 100, 130)}, selection).at(0).during);
}

TEST_CASE("a device is told of once, with its first context or its first time") {
    test::FakeProcess process;
    inject::DeviceTeller teller(test::FakeCupti::api(), test::FakeCupti::driver(), process.report());
    process.cupti.failing["GetDeviceId"] = CUPTI_ERROR_INVALID_DEVICE;
    teller.tellOf(test::FakeCupti::primary());
    CHECK(process.events.empty());
    process.cupti.failing.clear();
    teller.tellOf(test::FakeCupti::primary());
    teller.tell(0);
    teller.tellOf(test::FakeCupti::second());
    const auto devices = process.all<inject::SeenDevice>();
    REQUIRE(devices.size() == 2);
    CHECK(devices[0].ordinal == 0);
    CHECK(devices[1].ordinal == 1);
    CHECK(devices[1].device.uuid == "GPU-01000000-0000-0000-0000-000000000000");
}

TEST_CASE("kernels that do not match are left out") {
    inject::Options options = test::bytesOptions();
    options.kernel = "gemm";
    const auto timings =
        inject::timingsOf({ran(copy, 1, 1, 2), ran(gemm, 2, 3, 4)}, inject::KernelSelection(options));
    REQUIRE(timings.size() == 1);
    CHECK(timings[0].launch.name == "gemm");
}

TEST_CASE("a range lasts from its first kernel's start to its last one's end; unknown where one is") {
    CHECK_FALSE(inject::spanOf({}).has_value());
    const std::vector<KernelActivity> range{ran(gemm, 1, 100, 200), ran(copy, 2, 150, 400)};
    CHECK(inject::spanOf(range) == 300.0);
    const std::vector<KernelActivity> unknown{ran(gemm, 1, 100, 200), ran(copy, 2, 0, 0)};
    CHECK_FALSE(inject::spanOf(unknown).has_value());
}

TEST_CASE("a range that cannot be timed refuses nothing: the next one may be") {
    test::FakeProcess process;
    const cupti::Api api = withActivity();
    inject::Options options = test::bytesOptions();
    options.nvtx = "step/";
    inject::RangeTimer timer(options, api, test::FakeCupti::driver(), process.program, process.report());
    const std::vector<inject::NvtxRange> stack{{"", "step", 1}};
    timer.pushed(stack);
    process.cupti.current = test::FakeCupti::second();
    process.cupti.failingDriver["cuCtxSetCurrent"] = CUDA_ERROR_CONTEXT_IS_DESTROYED;
    timer.closing(stack.back());
    CHECK(process.all<inject::Refusal>().empty());
    REQUIRE(process.all<inject::Note>().size() == 1);
    CHECK_THAT(process.all<inject::Note>()[0].text, ContainsSubstring("range 'step' was not timed"));
}

TEST_CASE("only the first cudaProfilerStart that fails gives up: later ones have times to tell") {
    for (const bool second : {false, true}) {
        INFO(second);
        static CUptiResult result = CUPTI_SUCCESS;
        result = CUPTI_SUCCESS;
        test::FakeProcess process;
        cupti::Api api = withActivity();
        api.activityEnable = [](CUpti_ActivityKind) { return result; };
        inject::Options options = test::bytesOptions();
        options.start = inject::Start::profilerApi;
        inject::KernelTimer timer(options, api, test::FakeCupti::driver(), process.report());
        if (second) timer.profilerStart();
        result = CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED;
        timer.profilerStart();
        CHECK(process.all<inject::Refusal>().size() == (second ? 0 : 1));
        CHECK(process.all<inject::Note>().size() == (second ? 1 : 0));
    }
}

TEST_CASE("launches whose timing cannot be stopped are told all the same") {
    test::FakeProcess process;
    cupti::Api api = withActivity();
    api.activityDisable = [](CUpti_ActivityKind) { return CUPTI_ERROR_UNKNOWN; };
    inject::Options options = test::bytesOptions();
    options.start = inject::Start::profilerApi;
    inject::KernelTimer timer(options, api, test::FakeCupti::driver(), process.report());
    timer.profilerStart();
    timer.profilerStop();
    CHECK(process.all<inject::Refusal>().empty());
    CHECK(process.all<inject::Note>().size() == 1);
}
