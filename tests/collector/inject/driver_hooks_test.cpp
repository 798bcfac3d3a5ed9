// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/driver_hooks.hpp"

#include <cupti_driver_cbid.h>

#include <array>
#include <string>
#include <vector>

#include "collector/cupti/error.hpp"
#include "tests/collector/inject/fake_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using inject::DriverHooks;
using test::FakeCupti;
using test::FakeProcess;

namespace {

CUfunction handle(int& of) {
    return reinterpret_cast<CUfunction>(&of);
}

struct Recording : inject::Recorder {
    std::vector<std::string> told;
    void launching(const inject::Launch& launch) noexcept override {
        told.push_back("launch " + std::string(launch.name));
    }
    void launched(CUresult result) noexcept override { told.push_back("launched " + std::to_string(result)); }
    void profilerStart() noexcept override { told.emplace_back("start"); }
    void profilerStop() noexcept override { told.emplace_back("stop"); }
    void contextCreated(CUcontext) noexcept override { told.emplace_back("created"); }
    void contextDestroyed(CUcontext) noexcept override { told.emplace_back("destroyed"); }
    void moduleUnloaded() noexcept override { told.emplace_back("unloaded"); }
    [[nodiscard]] bool needsLaunches() const noexcept override { return needs; }
    inject::Counts finish() noexcept override { return {}; }
    bool needs = true;
};

struct Fixture : FakeProcess {
    explicit Fixture(inject::Options asked = {})
        : options(asked), hooks(options, FakeCupti::api(), program, recording) {}

    void call(CUpti_CallbackId id, const void* params, CUpti_ApiCallbackSite site,
              CUresult result = CUDA_SUCCESS, const char* symbol = nullptr) {
        CUpti_CallbackData data{};
        data.callbackSite = site;
        data.functionParams = params;
        data.functionReturnValue = &result;
        data.symbolName = symbol;
        data.context = FakeCupti::primary();
        hooks.called(CUPTI_CB_DOMAIN_DRIVER_API, id, &data);
    }
    [[nodiscard]] bool hears(CUpti_CallbackId id) const {
        const auto found =
            cupti.hooks.find(std::to_string(CUPTI_CB_DOMAIN_DRIVER_API) + "/" + std::to_string(id));
        return found != cupti.hooks.end() && found->second;
    }

    inject::Options options;
    Recording recording;
    DriverHooks hooks;
};

void ignore(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void*) {}

}  // namespace

TEST_CASE("every way to launch is understood, per-thread default streams included") {
    int function = 0;
    CUpti_CallbackData data{};
    data.symbolName = "kernel";
    data.context = FakeCupti::primary();
    const auto check = [&](CUpti_CallbackId id, const void* params) {
        INFO(id);
        data.functionParams = params;
        const auto launch = inject::launchOf(id, data);
        REQUIRE(launch.has_value());
        CHECK(std::string(launch->name) == "kernel");
        CHECK(launch->function == &function);
        CHECK(launch->context == FakeCupti::primary());
        CHECK(launch->shape.grid == std::array<unsigned, 3>{1, 2, 3});
        CHECK(launch->shape.block == std::array<unsigned, 3>{4, 5, 6});
    };
    const cuLaunchKernel_params plain{handle(function), 1, 2, 3, 4, 5, 6, 0, nullptr, nullptr, nullptr};
    check(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &plain);
    const cuLaunchKernel_ptsz_params plainPtsz{handle(function), 1,       2,      3, 4, 5, 6, 0,
                                               nullptr,          nullptr, nullptr};
    check(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel_ptsz, &plainPtsz);
    const cuLaunchCooperativeKernel_params together{handle(function), 1, 2, 3, 4, 5, 6, 0, nullptr, nullptr};
    check(CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel, &together);
    const cuLaunchCooperativeKernel_ptsz_params togetherPtsz{handle(function), 1,      2, 3, 4, 5, 6, 0,
                                                             nullptr,          nullptr};
    check(CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel_ptsz, &togetherPtsz);
    CUlaunchConfig config{};
    config.gridDimX = 1, config.gridDimY = 2, config.gridDimZ = 3;
    config.blockDimX = 4, config.blockDimY = 5, config.blockDimZ = 6;
    const cuLaunchKernelEx_params extended{&config, handle(function), nullptr, nullptr};
    check(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx, &extended);
    const cuLaunchKernelEx_ptsz_params extendedPtsz{&config, handle(function), nullptr, nullptr};
    check(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx_ptsz, &extendedPtsz);
}

TEST_CASE(
    "launches that cannot be replayed are heard all the same, with the reason and what is known of them") {
    int function = 0;
    Fixture process;
    process.hooks.subscribe(&ignore, nullptr);
    CUpti_CallbackData data{};
    data.symbolName = "kernel";
    const auto check = [&](CUpti_CallbackId id, const void* params, const std::string& reason) {
        INFO(reason);
        CHECK(process.hears(id));
        data.functionParams = params;
        const auto launch = inject::launchOf(id, data);
        REQUIRE(launch.has_value());
        CHECK(std::string(launch->name) == "kernel");
        CHECK(launch->function == &function);
        CHECK_THAT(std::string(launch->obstacle), ContainsSubstring(reason));
        process.recording.told.clear();
        process.call(id, params, CUPTI_API_ENTER, CUDA_SUCCESS, "kernel");
        process.call(id, params, CUPTI_API_EXIT, CUDA_SUCCESS, "kernel");
        CHECK(process.recording.told == std::vector<std::string>{"launch kernel", "launched 0"});
        return inject::dimensions(launch->shape.grid) + " " + inject::dimensions(launch->shape.block);
    };
    const cuLaunch_params old{handle(function)};
    CHECK(check(CUPTI_DRIVER_TRACE_CBID_cuLaunch, &old, "cuLaunch,") == " ");
    const cuLaunchGrid_params grid{handle(function), 4, 2};
    CHECK(check(CUPTI_DRIVER_TRACE_CBID_cuLaunchGrid, &grid, "cuLaunchGrid,") == " ");
    const cuLaunchGridAsync_params async{handle(function), 4, 2, nullptr};
    CHECK(check(CUPTI_DRIVER_TRACE_CBID_cuLaunchGridAsync, &async, "cuLaunchGridAsync,") == " ");
    std::array<CUDA_LAUNCH_PARAMS, 2> parts{};
    parts[0] = {handle(function), 1, 2, 3, 4, 5, 6, 0, nullptr, nullptr};
    cuLaunchCooperativeKernelMultiDevice_params several{parts.data(), 2, 0};
    CHECK(check(CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernelMultiDevice, &several,
                "several GPUs at once") == "1,2,3 4,5,6");
    several.numDevices = 0;  // the driver will refuse it
    process.recording.told.clear();
    process.call(CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernelMultiDevice, &several, CUPTI_API_ENTER);
    process.call(CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernelMultiDevice, &several, CUPTI_API_EXIT);
    CHECK(process.recording.told.empty());
}

TEST_CASE("a graph launch names its graph, and a launch without a configuration is the driver's to refuse") {
    int graph = 0;
    CUpti_CallbackData data{};
    const cuGraphLaunch_params whole{reinterpret_cast<CUgraphExec>(&graph), nullptr};
    data.functionParams = &whole;
    CHECK(inject::launchOf(CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch, data)->graph == whole.hGraph);
    const cuGraphLaunch_ptsz_params ptsz{reinterpret_cast<CUgraphExec>(&graph), nullptr};
    data.functionParams = &ptsz;
    CHECK(inject::launchOf(CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch_ptsz, data)->graph == whole.hGraph);
    const cuLaunchKernelEx_params nothing{nullptr, nullptr, nullptr, nullptr};
    data.functionParams = &nothing;
    CHECK_FALSE(inject::launchOf(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx, data).has_value());
    CHECK_FALSE(inject::launchOf(CUPTI_DRIVER_TRACE_CBID_cuMemAlloc_v2, data).has_value());
}

TEST_CASE("a launch is told before and after, with the driver's answer") {
    Fixture process;
    int function = 0;
    const cuLaunchKernel_params params{handle(function), 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr};
    process.call(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &params, CUPTI_API_ENTER, CUDA_SUCCESS, "k");
    process.call(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &params, CUPTI_API_EXIT, CUDA_ERROR_INVALID_VALUE,
                 "k");
    CHECK(process.recording.told == std::vector<std::string>{"launch k", "launched 1"});
}

TEST_CASE("launches and captures are heard at once where nothing else is asked for") {
    Fixture now;
    now.hooks.subscribe(&ignore, nullptr);
    CHECK(now.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel));
    CHECK(now.hears(CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch_ptsz));
    CHECK(now.hears(CUPTI_DRIVER_TRACE_CBID_cuStreamEndCapture));
}

TEST_CASE("before cudaProfilerStart no launch is heard, and after it each is") {
    inject::Options options;
    options.start = inject::Start::profilerApi;
    Fixture process(options);
    process.hooks.subscribe(&ignore, nullptr);
    CHECK_FALSE(process.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel));
    CHECK(process.hears(CUPTI_DRIVER_TRACE_CBID_cuProfilerStart));
    process.call(CUPTI_DRIVER_TRACE_CBID_cuProfilerStart, nullptr, CUPTI_API_ENTER);
    CHECK(process.recording.told.empty());
    process.call(CUPTI_DRIVER_TRACE_CBID_cuProfilerStart, nullptr, CUPTI_API_EXIT);
    CHECK(process.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel));
    process.call(CUPTI_DRIVER_TRACE_CBID_cuProfilerStop, nullptr, CUPTI_API_EXIT);
    CHECK(process.recording.told == std::vector<std::string>{"start", "stop"});
    CHECK(process.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel));
}

TEST_CASE("launches are heard no more once the recorder needs none, and never again") {
    inject::Options options;
    options.start = inject::Start::profilerApi;
    Fixture process(options);
    process.hooks.subscribe(&ignore, nullptr);
    process.call(CUPTI_DRIVER_TRACE_CBID_cuProfilerStart, nullptr, CUPTI_API_EXIT);
    int function = 0;
    const cuLaunchKernel_params params{handle(function), 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr};
    process.recording.needs = false;
    process.call(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &params, CUPTI_API_ENTER, CUDA_SUCCESS, "k");
    CHECK(process.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel));
    process.call(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &params, CUPTI_API_EXIT, CUDA_SUCCESS, "k");
    CHECK_FALSE(process.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel));
    CHECK_FALSE(process.hears(CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch_ptsz));
    CHECK(process.hears(CUPTI_DRIVER_TRACE_CBID_cuProfilerStart));
    process.call(CUPTI_DRIVER_TRACE_CBID_cuProfilerStart, nullptr, CUPTI_API_EXIT);
    CHECK_FALSE(process.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel));
}

TEST_CASE("every launch that was told before is told after, and no other") {
    Fixture process;
    CUlaunchConfig config{};
    const cuLaunchKernelEx_params extended{&config, nullptr, nullptr, nullptr};
    const cuLaunchKernelEx_params refused{nullptr, nullptr, nullptr, nullptr};
    const cuGraphLaunch_params graph{nullptr, nullptr};
    const auto told = [&](CUpti_CallbackId id, const void* params) {
        process.recording.told.clear();
        process.call(id, params, CUPTI_API_ENTER, CUDA_SUCCESS, "k");
        process.call(id, params, CUPTI_API_EXIT, CUDA_SUCCESS, "k");
        return process.recording.told.size();
    };
    for (const auto id :
         {CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx_ptsz}) {
        CHECK(told(id, &extended) == 2);
        CHECK(told(id, &refused) == 0);
    }
    CHECK(told(CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch, &graph) == 2);
    CHECK(told(CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch_ptsz, &graph) == 2);
    const cuLaunchKernel_params plain{};
    for (const auto id : {CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel_ptsz,
                          CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel,
                          CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel_ptsz})
        CHECK(told(id, &plain) == 2);
    CHECK(told(CUPTI_DRIVER_TRACE_CBID_cuMemAlloc_v2, &plain) == 0);
}

TEST_CASE("a run for times hears no launch") {
    inject::Options options;
    options.purpose = inject::Purpose::time;
    Fixture process(options);
    process.hooks.subscribe(&ignore, nullptr);
    CHECK_FALSE(process.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel));
    CHECK(process.hears(CUPTI_DRIVER_TRACE_CBID_cuProfilerStart));
}

TEST_CASE("another tool's subscription is an error that names the likely ones") {
    Fixture process;
    process.cupti.failing["Subscribe"] = CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED;
    try {
        process.hooks.subscribe(&ignore, nullptr);
        FAIL("subscribed");
    } catch (const Error& error) {
        CHECK(std::string(error.hint()).find("torch.profiler") != std::string::npos);
    }
}

TEST_CASE("hooks that cannot be set are given back") {
    Fixture process;
    process.cupti.failing["EnableCallback"] = CUPTI_ERROR_NOT_INITIALIZED;
    CHECK_THROWS_AS(process.hooks.subscribe(&ignore, nullptr), cupti::CuptiError);
    CHECK(process.cupti.count("Unsubscribe") == 1);
}

TEST_CASE("the stream of each thread has one handle, and is recorded until the last of them has ended") {
    ridge::inject::Captures captures;
    captures.began(CU_STREAM_PER_THREAD);
    captures.began(CU_STREAM_PER_THREAD);
    captures.ended(CU_STREAM_PER_THREAD, CUDA_SUCCESS);
    CHECK(captures.any());
    captures.ended(CU_STREAM_PER_THREAD, CUDA_SUCCESS);
    CHECK_FALSE(captures.any());
    captures.ended(CU_STREAM_PER_THREAD, CUDA_SUCCESS);
    CHECK_FALSE(captures.any());
}

TEST_CASE("captures are known from their beginning, where it succeeded, to their end") {
    Fixture process;
    int stream = 0;
    const cuStreamBeginCapture_v2_params begin{reinterpret_cast<CUstream>(&stream),
                                               CU_STREAM_CAPTURE_MODE_GLOBAL};
    const cuStreamEndCapture_params end{reinterpret_cast<CUstream>(&stream), nullptr};
    process.call(CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_v2, &begin, CUPTI_API_EXIT,
                 CUDA_ERROR_ILLEGAL_STATE);
    CHECK_FALSE(process.program.captures.any());
    process.call(CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_v2, &begin, CUPTI_API_ENTER);
    CHECK_FALSE(process.program.captures.any());
    process.call(CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_v2, &begin, CUPTI_API_EXIT);
    CHECK(process.program.captures.any());
    process.call(CUPTI_DRIVER_TRACE_CBID_cuStreamEndCapture, &end, CUPTI_API_EXIT,
                 CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    CHECK_FALSE(process.program.captures.any());
}

TEST_CASE("a context is told when it is made, in a run for times, and before it goes") {
    inject::Options options;
    const std::string made =
        std::to_string(CUPTI_CB_DOMAIN_RESOURCE) + "/" + std::to_string(CUPTI_CBID_RESOURCE_CONTEXT_CREATED);
    {
        Fixture process;
        process.hooks.subscribe(&ignore, nullptr);
        CHECK_FALSE(process.cupti.hooks[made]);
    }
    options.purpose = inject::Purpose::time;
    Fixture process(options);
    process.hooks.subscribe(&ignore, nullptr);
    CHECK(process.cupti.hooks[made]);
    CUpti_ResourceData data{};
    data.context = FakeCupti::primary();
    process.hooks.called(CUPTI_CB_DOMAIN_RESOURCE, CUPTI_CBID_RESOURCE_CONTEXT_CREATED, &data);
    process.hooks.called(CUPTI_CB_DOMAIN_RESOURCE, CUPTI_CBID_RESOURCE_MODULE_UNLOAD_STARTING, &data);
    process.hooks.called(CUPTI_CB_DOMAIN_RESOURCE, CUPTI_CBID_RESOURCE_CONTEXT_DESTROY_STARTING, &data);
    CHECK(process.recording.told == std::vector<std::string>{"created", "unloaded", "destroyed"});
}
