// SPDX-License-Identifier: Apache-2.0
// What the hooks of an injected process add to a launch that is not measured, against callbacks that do
// nothing.
#include <cupti_driver_cbid.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "collector/inject/driver_hooks.hpp"
#include "collector/inject/kernel_recorder.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"

using namespace ridge;
using test::FakeCupti;

namespace {

constexpr int launches = 2'000'000;
constexpr const char* kernelName =
    "_ZN2at6native29vectorized_elementwise_kernelILi4ENS0_11FillFunctorIfEESt5arrayIPcLm1EEEEviT0_T1_";

using Callback = void (*)(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void*);

void nothing(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void*) {}

void hooked(void* hooks, CUpti_CallbackDomain domain, CUpti_CallbackId call, const void* data) {
    static_cast<inject::DriverHooks*>(hooks)->called(domain, call, data);
}

/// Of both callbacks of a launch together, ns.
double nsPerLaunch(Callback callback, void* userData) {
    const volatile Callback called = callback;
    int function = 0;
    CUresult result = CUDA_SUCCESS;
    const cuLaunchKernel_params params{
        reinterpret_cast<CUfunction>(&function), 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr};
    CUpti_CallbackData data{};
    data.functionParams = &params;
    data.functionReturnValue = &result;
    data.symbolName = kernelName;
    data.context = FakeCupti::primary();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < launches; ++i) {
        data.callbackSite = CUPTI_API_ENTER;
        called(userData, CUPTI_CB_DOMAIN_DRIVER_API, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &data);
        data.callbackSite = CUPTI_API_EXIT;
        called(userData, CUPTI_CB_DOMAIN_DRIVER_API, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &data);
    }
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() /
           launches;
}

void measure(const char* what, const inject::Options& options, double emptyNs) {
    FakeCupti cupti;
    cupti.current = FakeCupti::primary();
    inject::ProgramState program(FakeCupti::driver());
    inject::KernelRecorder recorder(options, FakeCupti::api(), FakeCupti::driver(), program,
                                    [](const inject::Event&) {});
    inject::DriverHooks hooks(options, FakeCupti::api(), program, recorder);
    const double ns = nsPerLaunch(&hooked, &hooks);
    // A launch takes the driver 2 us at least.
    std::printf("%-46s %8.1f ns  empty %8.1f ns  ratio %.1f  of a 2 us launch %.1f %%\n", what, ns, emptyNs,
                ns / emptyNs, 100 * (ns - emptyNs) / 2000);
}

}  // namespace

int main() {
    const double emptyNs = nsPerLaunch(&nothing, nullptr);
    inject::Options options;
    options.start = inject::Start::profilerApi;
    measure("before cudaProfilerStart, were it heard", options, emptyNs);
    options.start = inject::Start::now;
    options.kernel = "no such kernel";
    measure("--kernel that does not match", options, emptyNs);
    options.kernel.clear();
    options.nvtx = "decode/";
    measure("--nvtx outside of the range", options, emptyNs);
    options.nvtx.clear();
    options.skip = std::int64_t{1} << 60;
    measure("--skip of more than there are", options, emptyNs);
    options.skip = 0;
    options.count = 0;
    measure("after --count", options, emptyNs);
}
