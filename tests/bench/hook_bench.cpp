// SPDX-License-Identifier: Apache-2.0
// What libridge_inject.so adds to a launch, or to an NVTX range, that is not measured: the library itself, on
// a fake driver, against callbacks that do nothing.
#include <cupti.h>
#include <cupti_driver_cbid.h>
#include <dlfcn.h>
#include <nvtx3/nvToolsExt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "collector/inject/channel.hpp"
#include "collector/inject/options.hpp"

using namespace ridge;

namespace {

constexpr int rounds = 50, turns = 100'000;
constexpr double launchNs = 2000;  ///< what the driver takes for a launch at least
constexpr double aim = 0.01;       ///< of it
constexpr const char* kernelName =
    "_ZN2at6native29vectorized_elementwise_kernelILi4ENS0_11FillFunctorIfEESt5arrayIPcLm1EEEEviT0_T1_";

/// The fake driver, which loads what CUDA_INJECTION64_PATH names.
struct FakeGpu {
    FakeGpu() {
        void* library = dlopen(RIDGE_FAKE_GPU_FILE, RTLD_NOW | RTLD_GLOBAL);
        if (library == nullptr) std::_Exit(92);
        reinterpret_cast<CUresult (*)(unsigned)>(dlsym(library, "cuInit"))(0);
        launch = reinterpret_cast<void (*)(const char*)>(dlsym(library, "fakeLaunch"));
        reinterpret_cast<void (*)(CUpti_CallbackFunc*, void**)>(dlsym(library, "fakeSubscriber"))(&called,
                                                                                                  &userData);
        hears = reinterpret_cast<bool (*)(CUpti_CallbackId)>(dlsym(library, "fakeHears"));
        context = reinterpret_cast<CUcontext (*)()>(dlsym(library, "fakeContext"))();
    }
    void (*launch)(const char*) = nullptr;
    bool (*hears)(CUpti_CallbackId) = nullptr;
    CUpti_CallbackFunc called = nullptr;
    void* userData = nullptr;
    CUcontext context = nullptr;
};

/// The best of some rounds: what else the machine does is not ours.
double nsOf(const std::function<void()>& round) {
    double best = 1e9;
    for (int i = 0; i < rounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        round();
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count() / turns);
    }
    return best;
}

/// Of both callbacks of a launch together.
double nsPerLaunch(CUpti_CallbackFunc callback, void* userData, CUcontext context) {
    const volatile CUpti_CallbackFunc called = callback;
    int function = 0;
    CUresult result = CUDA_SUCCESS;
    const cuLaunchKernel_params params{
        reinterpret_cast<CUfunction>(&function), 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr};
    CUpti_CallbackData data{};
    data.functionParams = &params;
    data.functionReturnValue = &result;
    data.symbolName = kernelName;
    data.context = context;
    return nsOf([&] {
        for (int i = 0; i < turns; ++i) {
            data.callbackSite = CUPTI_API_ENTER;
            called(userData, CUPTI_CB_DOMAIN_DRIVER_API, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &data);
            data.callbackSite = CUPTI_API_EXIT;
            called(userData, CUPTI_CB_DOMAIN_DRIVER_API, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &data);
        }
    });
}

double nsPerRange(const char* name) {
    return nsOf([name] {
        for (int i = 0; i < turns; ++i) {
            nvtxRangePushA(name);
            nvtxRangePop();
        }
    });
}

void nothing(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void*) {}

void print(const char* what, double ns, double emptyNs) {
    const double share = (ns - emptyNs) / launchNs;
    std::printf("%-50s %6.1f ns  empty %4.1f ns  of a 2 us launch %5.2f %%  ratio to the aim %.2f\n", what,
                ns, emptyNs, 100 * share, share / aim);
}

void child(const char* what, const inject::Options& options, const std::function<void(const char*)>& body) {
    const inject::Listener listener;
    std::fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        setenv("CUDA_INJECTION64_PATH", RIDGE_INJECT_FILE, 1);
        setenv("NVTX_INJECTION64_PATH", RIDGE_INJECT_FILE, 1);
        setenv("RIDGE_CUPTI", RIDGE_FAKE_GPU_FILE, 1);
        setenv(inject::channelVariable, listener.address().c_str(), 1);
        setenv(inject::optionsVariable, inject::encode(options).c_str(), 1);
        body(what);
        std::fflush(stdout);
        std::_Exit(0);
    }
    int status = 0;
    if (waitpid(pid, &status, 0) != pid || status != 0) std::printf("%-50s failed\n", what);
}

void launches(const char* what) {
    const FakeGpu gpu;
    const double emptyNs = nsPerLaunch(&nothing, nullptr, gpu.context);
    gpu.launch("first");
    nvtxRangePushA("training");
    nvtxRangePushA("forward pass of layer 7");
    if (gpu.hears(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel)) {
        print(what, nsPerLaunch(gpu.called, gpu.userData, gpu.context), emptyNs);
    } else {
        print(what, 0, 0);
    }
}

void ranges(const char* what) {
    const double emptyNs = nsPerRange("short");
    print(what, emptyNs, 0);
}

void longRanges(const char* what) {
    const FakeGpu gpu;
    nvtxRangePushA("training");
    print(what, nsPerRange("forward pass of layer 7"), 0);
}

}  // namespace

int main() {
    inject::Options options;
    options.metricSet = "bytes";
    options.start = inject::Start::profilerApi;
    child("before cudaProfilerStart", options, launches);
    options.start = inject::Start::now;
    options.kernel = "no such kernel";
    child("--kernel that does not match", options, launches);
    options.kernel.clear();
    options.nvtx = "decode/";
    child("--nvtx outside of the range", options, launches);
    options.timed = true;
    child("the same, with --time-run", options, launches);
    options.timed = false;
    options.nvtx.clear();
    options.skip = std::int64_t{1} << 60;
    child("--skip of more than there are", options, launches);
    options.timed = true;
    child("the same, with --time-run", options, launches);
    options.timed = false;
    options.skip = 0;
    options.count = 1;
    child("after --count", options, launches);
    options.mode = inject::Mode::range;
    options.nvtx = "decode/";
    child("--mode range outside of the range", options, launches);
    child("NVTX range, --mode range, another one", options, longRanges);
    options.purpose = inject::Purpose::time;
    child("NVTX range, --mode range, first run of --time-run", options, longRanges);
    options.purpose = inject::Purpose::count;
    options.mode = inject::Mode::kernel;
    child("NVTX range, --mode kernel", options, longRanges);
    child("NVTX range, no CUDA yet", options, ranges);
}
