// SPDX-License-Identifier: Apache-2.0
// A libcuda.so.1 and a libcupti.so.13 in one shared library, for a process that has neither: cuInit loads
// what CUDA_INJECTION64_PATH names, as the driver does, and launches are announced to whoever subscribed.
#include <cupti_driver_cbid.h>
#include <dlfcn.h>

#include <cstdlib>
#include <string>

#include "tests/collector/cupti/fake_cupti.hpp"

#if CUDA_VERSION < 13000
#define cuDeviceGetUuid cuDeviceGetUuid_v2  // as newer headers do
#endif

using ridge::test::FakeCupti;

namespace {

FakeCupti* fake = nullptr;
CUpti_CallbackFunc heard = nullptr;
void* heardData = nullptr;

bool hears(CUpti_CallbackDomain domain, CUpti_CallbackId call) {
    const auto found = fake->hooks.find(std::to_string(domain) + "/" + std::to_string(call));
    return found != fake->hooks.end() && found->second;
}

}  // namespace

extern "C" {

CUresult cuInit(unsigned) {
    if (fake != nullptr) return CUDA_SUCCESS;
    fake = new FakeCupti;  // until the process ends, as the driver
    fake->current = FakeCupti::primary();
    fake->passes = fake->passesNeeded = 1;
    fake->baseMetrics = {"dram__bytes_read", "dram__bytes_write", "gpu__time_duration"};
    fake->values = {{"dram__bytes_read.sum", 4096}, {"dram__bytes_write.sum", 1024}};
    if (const char* width = std::getenv("FAKE_METRICS_PER_PASS"))
        fake->metricsPerPass = static_cast<std::size_t>(std::atoi(width));
    if (std::getenv("FAKE_OTHER_PROFILER") != nullptr)
        fake->failing["Subscribe"] = CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED;
    const char* injected = std::getenv("CUDA_INJECTION64_PATH");
    void* library = injected == nullptr ? nullptr : dlopen(injected, RTLD_NOW);
    if (library == nullptr) return CUDA_SUCCESS;
    const auto start = reinterpret_cast<int (*)()>(dlsym(library, "InitializeInjection"));
    if (start != nullptr) static_cast<void>(start());
    return CUDA_SUCCESS;
}

/// A kernel launch as a program makes it.
void fakeLaunch(const char* kernel) {
    if (!hears(CUPTI_CB_DOMAIN_DRIVER_API, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel)) return;
    CUresult result = CUDA_SUCCESS;
    const cuLaunchKernel_params params{nullptr, 2, 1, 1, 64, 1, 1, 0, nullptr, nullptr, nullptr};
    CUpti_CallbackData data{};
    data.functionParams = &params;
    data.functionReturnValue = &result;
    data.symbolName = kernel;
    data.context = fake->current;
    for (const CUpti_ApiCallbackSite site : {CUPTI_API_ENTER, CUPTI_API_EXIT}) {
        data.callbackSite = site;
        heard(heardData, CUPTI_CB_DOMAIN_DRIVER_API, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, &data);
    }
}

/// Who subscribed, for a benchmark that calls it without the fake in between.
void fakeSubscriber(CUpti_CallbackFunc* callback, void** data) {
    *callback = heard;
    *data = heardData;
}
bool fakeHears(CUpti_CallbackId call) {
    return hears(CUPTI_CB_DOMAIN_DRIVER_API, call);
}
CUcontext fakeContext() {
    return fake->current;
}

/// Rules of CUPTI's that were broken.
int fakeBroken() {
    return static_cast<int>(fake->broken.size());
}

CUptiResult cuptiGetVersion(std::uint32_t* version) {
    *version = CUPTI_API_VERSION;
    return CUPTI_SUCCESS;
}
CUptiResult cuptiSubscribe(CUpti_SubscriberHandle* subscriber, CUpti_CallbackFunc callback, void* data) {
    heard = callback;
    heardData = data;
    return FakeCupti::api().subscribe(subscriber, callback, data);
}
CUptiResult cuptiUnsubscribe(CUpti_SubscriberHandle subscriber) {
    return FakeCupti::api().unsubscribe(subscriber);
}
CUptiResult cuptiEnableCallback(std::uint32_t enable, CUpti_SubscriberHandle subscriber,
                                CUpti_CallbackDomain domain, CUpti_CallbackId call) {
    return FakeCupti::api().enableCallback(enable, subscriber, domain, call);
}

// Every other function passes on to the fake's table; those that it lacks are never called here.
// NOLINTBEGIN(bugprone-macro-parentheses): a type and a member cannot stand in any
#define FAKE_CUPTI(function, Params, member)    \
    CUptiResult function(Params* params) {      \
        return FakeCupti::api().member(params); \
    }
// NOLINTEND(bugprone-macro-parentheses)
FAKE_CUPTI(cuptiProfilerHostInitialize, CUpti_Profiler_Host_Initialize_Params, hostInitialize)
FAKE_CUPTI(cuptiProfilerHostDeinitialize, CUpti_Profiler_Host_Deinitialize_Params, hostDeinitialize)
FAKE_CUPTI(cuptiProfilerHostGetBaseMetrics, CUpti_Profiler_Host_GetBaseMetrics_Params, hostGetBaseMetrics)
FAKE_CUPTI(cuptiProfilerHostConfigAddMetrics, CUpti_Profiler_Host_ConfigAddMetrics_Params, hostAddMetrics)
FAKE_CUPTI(cuptiProfilerHostGetConfigImageSize, CUpti_Profiler_Host_GetConfigImageSize_Params,
           hostGetConfigImageSize)
FAKE_CUPTI(cuptiProfilerHostGetConfigImage, CUpti_Profiler_Host_GetConfigImage_Params, hostGetConfigImage)
FAKE_CUPTI(cuptiProfilerHostGetNumOfPasses, CUpti_Profiler_Host_GetNumOfPasses_Params, hostGetNumOfPasses)
FAKE_CUPTI(cuptiProfilerHostEvaluateToGpuValues, CUpti_Profiler_Host_EvaluateToGpuValues_Params, hostEvaluate)
FAKE_CUPTI(cuptiProfilerInitialize, CUpti_Profiler_Initialize_Params, profilerInitialize)
FAKE_CUPTI(cuptiProfilerDeviceSupported, CUpti_Profiler_DeviceSupported_Params, deviceSupported)
FAKE_CUPTI(cuptiDeviceGetChipName, CUpti_Device_GetChipName_Params, deviceGetChipName)
FAKE_CUPTI(cuptiProfilerGetCounterAvailability, CUpti_Profiler_GetCounterAvailability_Params,
           getCounterAvailability)
FAKE_CUPTI(cuptiRangeProfilerEnable, CUpti_RangeProfiler_Enable_Params, rangeEnable)
FAKE_CUPTI(cuptiRangeProfilerDisable, CUpti_RangeProfiler_Disable_Params, rangeDisable)
FAKE_CUPTI(cuptiRangeProfilerGetCounterDataSize, CUpti_RangeProfiler_GetCounterDataSize_Params,
           rangeGetCounterDataSize)
FAKE_CUPTI(cuptiRangeProfilerCounterDataImageInitialize,
           CUpti_RangeProfiler_CounterDataImage_Initialize_Params, rangeInitializeCounterData)
FAKE_CUPTI(cuptiRangeProfilerSetConfig, CUpti_RangeProfiler_SetConfig_Params, rangeSetConfig)
FAKE_CUPTI(cuptiRangeProfilerStart, CUpti_RangeProfiler_Start_Params, rangeStart)
FAKE_CUPTI(cuptiRangeProfilerStop, CUpti_RangeProfiler_Stop_Params, rangeStop)
FAKE_CUPTI(cuptiRangeProfilerPushRange, CUpti_RangeProfiler_PushRange_Params, rangePush)
FAKE_CUPTI(cuptiRangeProfilerPopRange, CUpti_RangeProfiler_PopRange_Params, rangePop)
FAKE_CUPTI(cuptiRangeProfilerDecodeData, CUpti_RangeProfiler_DecodeData_Params, rangeDecodeData)
FAKE_CUPTI(cuptiRangeProfilerGetCounterDataInfo, CUpti_RangeProfiler_GetCounterDataInfo_Params,
           rangeGetCounterDataInfo)
FAKE_CUPTI(cuptiProfilerHostGetSupportedChips, CUpti_Profiler_Host_GetSupportedChips_Params,
           hostGetSupportedChips)
#undef FAKE_CUPTI

CUptiResult cuptiGetDeviceId(CUcontext context, std::uint32_t* device) {
    return FakeCupti::api().getDeviceId(context, device);
}
CUptiResult cuptiGetTimestamp(std::uint64_t* timestamp) {
    return FakeCupti::api().getTimestamp(timestamp);
}
CUptiResult cuptiActivityRegisterCallbacks(CUpti_BuffersCallbackRequestFunc,
                                           CUpti_BuffersCallbackCompleteFunc) {
    return CUPTI_SUCCESS;
}
CUptiResult cuptiActivityEnable(CUpti_ActivityKind) {
    return CUPTI_SUCCESS;
}
CUptiResult cuptiActivityDisable(CUpti_ActivityKind) {
    return CUPTI_SUCCESS;
}
CUptiResult cuptiActivityFlushAll(std::uint32_t) {
    return CUPTI_SUCCESS;
}
CUptiResult cuptiActivityGetNextRecord(std::uint8_t*, std::size_t, CUpti_Activity**) {
    return CUPTI_ERROR_MAX_LIMIT_REACHED;
}

CUresult cuDriverGetVersion(int* version) {
    *version = 13000;
    return CUDA_SUCCESS;
}
CUresult cuDeviceGetCount(int* count) {
    return FakeCupti::driver().deviceGetCount(count);
}
CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    return FakeCupti::driver().deviceGet(device, ordinal);
}
CUresult cuDeviceGetName(char* name, int size, CUdevice device) {
    return FakeCupti::driver().deviceGetName(name, size, device);
}
CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
    return FakeCupti::driver().primaryCtxRetain(context, device);
}
CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
    return FakeCupti::driver().primaryCtxRelease(device);
}
CUresult cuCtxGetCurrent(CUcontext* context) {
    return FakeCupti::driver().ctxGetCurrent(context);
}
CUresult cuCtxSetCurrent(CUcontext context) {
    return FakeCupti::driver().ctxSetCurrent(context);
}
CUresult cuCtxGetDevice(CUdevice* device) {
    return FakeCupti::driver().ctxGetDevice(device);
}
CUresult cuCtxSynchronize() {
    return FakeCupti::driver().ctxSynchronize();
}
CUresult cuDeviceGetUuid(CUuuid* uuid, CUdevice device) {
    return FakeCupti::driver().deviceGetUuid(uuid, device);
}
CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute which, CUdevice device) {
    return FakeCupti::driver().deviceGetAttribute(value, which, device);
}
CUresult cuDeviceTotalMem(std::size_t* bytes, CUdevice device) {
    return FakeCupti::driver().deviceTotalMem(bytes, device);
}
CUresult cuMemAlloc(CUdeviceptr* pointer, std::size_t bytes) {
    return FakeCupti::driver().memAlloc(pointer, bytes);
}
CUresult cuMemFree(CUdeviceptr pointer) {
    return FakeCupti::driver().memFree(pointer);
}
CUresult cuMemsetD8(CUdeviceptr pointer, unsigned char value, std::size_t bytes) {
    return FakeCupti::driver().memsetD8(pointer, value, bytes);
}

}  // extern "C"
