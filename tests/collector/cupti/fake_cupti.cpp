// SPDX-License-Identifier: Apache-2.0
#include "tests/collector/cupti/fake_cupti.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

namespace ridge::test {
namespace {

FakeCupti* active = nullptr;
int profilerObject = 0, contextObject = 0, secondContext = 0, waitingKernel = 0;

std::mutex log;  ///< calls may come from any thread

CUptiResult call(const std::string& name, std::size_t given, std::size_t size) {
    const std::lock_guard lock(log);
    active->calls.push_back(name);
    if (given != size) active->broken.push_back(name + ": structSize");
    const auto& fault = active->fault;
    if (fault && fault->call == name && fault->occurrence == active->count(name)) return fault->result;
    const auto failing = active->failing.find(name);
    return failing == active->failing.end() ? CUPTI_SUCCESS : failing->second;
}

CUresult driverCall(const std::string& name) {
    const std::lock_guard lock(log);
    active->calls.push_back(name);
    if (const auto once = active->failingDriverOnce.extract(name)) return once.mapped();
    const auto failing = active->failingDriver.find(name);
    return failing == active->failingDriver.end() ? CUDA_SUCCESS : failing->second;
}

void require(bool held, const char* rule) {
    if (!held) active->broken.emplace_back(rule);
}

CUpti_RangeProfiler_Object* profiler() {
    return reinterpret_cast<CUpti_RangeProfiler_Object*>(&profilerObject);
}

/// A host object that remembers the metrics it took.
struct Host {
    std::vector<std::string> metrics;
    bool spoilt = false;
};
Host& hostOf(CUpti_Profiler_Host_Object* object) {
    return *reinterpret_cast<Host*>(object);
}

void fillDriver(cupti::Driver& driver) {
    driver.init = [](unsigned) { return driverCall("cuInit"); };
    driver.driverGetVersion = [](int* version) {
        *version = 13000;
        return driverCall("cuDriverGetVersion");
    };
    driver.deviceGetCount = [](int* count) {
        *count = active->devices;
        return driverCall("cuDeviceGetCount");
    };
    driver.deviceGet = [](CUdevice* device, int ordinal) {
        *device = ordinal;
        return driverCall("cuDeviceGet");
    };
    driver.deviceGetName = [](char* name, int size, CUdevice) {
        std::strncpy(name, "Fake GPU", static_cast<std::size_t>(size));
        return driverCall("cuDeviceGetName");
    };
    driver.primaryCtxRetain = [](CUcontext* context, CUdevice) {
        const CUresult result = driverCall("cuDevicePrimaryCtxRetain");
        if (result != CUDA_SUCCESS) return result;
        *context = FakeCupti::primary();
        active->retained = true;
        return result;
    };
    driver.primaryCtxRelease = [](CUdevice) {
        active->retained = false;
        return driverCall("cuDevicePrimaryCtxRelease");
    };
    driver.ctxGetCurrent = [](CUcontext* context) {
        *context = active->current;
        return driverCall("cuCtxGetCurrent");
    };
    driver.ctxSetCurrent = [](CUcontext context) {
        active->current = context;
        return driverCall("cuCtxSetCurrent");
    };
    driver.ctxGetDevice = [](CUdevice* device) {
        *device = active->current == FakeCupti::second() ? 1 : 0;
        return driverCall("cuCtxGetDevice");
    };
    driver.ctxSynchronize = [] { return driverCall("cuCtxSynchronize"); };
    driver.deviceGetUuid = [](CUuuid* uuid, CUdevice device) {
        *uuid = {};
        uuid->bytes[0] = static_cast<char>(device);
        return driverCall("cuDeviceGetUuid");
    };
    driver.deviceGetAttribute = [](int* value, CUdevice_attribute, CUdevice) {
        *value = 64;
        return driverCall("cuDeviceGetAttribute");
    };
    driver.deviceTotalMem = [](std::size_t* bytes, CUdevice) {
        *bytes = 1 << 20;
        return driverCall("cuDeviceTotalMem");
    };
}

void fillDriverMemory(cupti::Driver& driver) {
    driver.memAlloc = [](CUdeviceptr* pointer, std::size_t) {
        *pointer = 256;
        return driverCall("cuMemAlloc");
    };
    driver.moduleLoadData = [](CUmodule*, const void*) { return driverCall("cuModuleLoadData"); };
    driver.moduleGetFunction = [](CUfunction* function, CUmodule, const char* name) {
        *function = std::strcmp(name, "ridge_wait") == 0 ? reinterpret_cast<CUfunction>(&waitingKernel)
                                                         : reinterpret_cast<CUfunction>(active);
        return driverCall("cuModuleGetFunction");
    };
    driver.launchKernelEx = [](const CUlaunchConfig*, CUfunction function, void**, void**) {
        const bool waits = function == reinterpret_cast<CUfunction>(&waitingKernel);
        require(active->started == waits, "flush outside the measurement, wait inside");
        return driverCall("cuLaunchKernelEx");
    };
    driver.memFree = [](CUdeviceptr) { return driverCall("cuMemFree"); };
    driver.memsetD8 = [](CUdeviceptr, unsigned char, std::size_t) {
        require(!active->started, "flush outside the measurement");
        return driverCall("cuMemsetD8");
    };
}

void fillHost(cupti::Api& api) {
    api.hostGetBaseMetrics = [](CUpti_Profiler_Host_GetBaseMetrics_Params* p) {
        static std::vector<const char*> names;
        names.clear();
        for (const std::string& name : active->baseMetrics) names.push_back(name.c_str());
        p->ppMetricNames = names.data();
        p->numMetrics = names.size();
        return call("GetBaseMetrics", p->structSize, CUpti_Profiler_Host_GetBaseMetrics_Params_STRUCT_SIZE);
    };
    api.hostInitialize = [](CUpti_Profiler_Host_Initialize_Params* p) {
        const auto result =
            call("HostInitialize", p->structSize, CUpti_Profiler_Host_Initialize_Params_STRUCT_SIZE);
        if (result != CUPTI_SUCCESS) return result;
        p->pHostObject = reinterpret_cast<CUpti_Profiler_Host_Object*>(new Host);
        ++active->hosts;
        return result;
    };
    api.hostDeinitialize = [](CUpti_Profiler_Host_Deinitialize_Params* p) {
        delete reinterpret_cast<Host*>(p->pHostObject);
        --active->hosts;
        return call("HostDeinitialize", p->structSize, CUpti_Profiler_Host_Deinitialize_Params_STRUCT_SIZE);
    };
    api.hostAddMetrics = [](CUpti_Profiler_Host_ConfigAddMetrics_Params* p) {
        const auto result =
            call("AddMetrics", p->structSize, CUpti_Profiler_Host_ConfigAddMetrics_Params_STRUCT_SIZE);
        Host& host = hostOf(p->pHostObject);
        for (std::size_t i = 0; i < p->numMetrics; ++i) {
            host.spoilt = host.spoilt || active->unknownMetrics.contains(p->ppMetricNames[i]);
            host.metrics.emplace_back(p->ppMetricNames[i]);
        }
        return host.spoilt ? CUPTI_ERROR_INVALID_METRIC_NAME : result;
    };
    api.hostGetConfigImageSize = [](CUpti_Profiler_Host_GetConfigImageSize_Params* p) {
        p->configImageSize = 64;
        return call("GetConfigImageSize", p->structSize,
                    CUpti_Profiler_Host_GetConfigImageSize_Params_STRUCT_SIZE);
    };
    api.hostGetConfigImage = [](CUpti_Profiler_Host_GetConfigImage_Params* p) {
        require(p->configImageSize == 64, "config image size");
        p->pConfigImage[0] = static_cast<std::uint8_t>(hostOf(p->pHostObject).metrics.size());
        return call("GetConfigImage", p->structSize, CUpti_Profiler_Host_GetConfigImage_Params_STRUCT_SIZE);
    };
    api.hostGetNumOfPasses = [](CUpti_Profiler_Host_GetNumOfPasses_Params* p) {
        const std::size_t width = active->metricsPerPass;
        p->numOfPasses = width == 0 ? active->passes : (p->pConfigImage[0] + width - 1) / width;
        return call("GetNumOfPasses", p->structSize, CUpti_Profiler_Host_GetNumOfPasses_Params_STRUCT_SIZE);
    };
    api.hostEvaluate = [](CUpti_Profiler_Host_EvaluateToGpuValues_Params* p) {
        for (std::size_t i = 0; i < p->numMetrics; ++i) {
            const auto value = active->values.find(p->ppMetricNames[i]);
            p->pMetricValues[i] = value == active->values.end() ? 1 : value->second;
        }
        return call("EvaluateToGpuValues", p->structSize,
                    CUpti_Profiler_Host_EvaluateToGpuValues_Params_STRUCT_SIZE);
    };
}

void fillProfiler(cupti::Api& api) {
    api.profilerInitialize = [](CUpti_Profiler_Initialize_Params* p) {
        require(!active->initialized, "Initialize once a process");
        const auto result = call("Initialize", p->structSize, CUpti_Profiler_Initialize_Params_STRUCT_SIZE);
        active->initialized = result == CUPTI_SUCCESS;
        return result;
    };
    api.deviceSupported = [](CUpti_Profiler_DeviceSupported_Params* p) {
        require(p->api == CUPTI_PROFILER_RANGE_PROFILING, "asks for range profiling");
        const std::size_t size = p->structSize;
        *p = active->supported;
        return call("DeviceSupported", size, CUpti_Profiler_DeviceSupported_Params_STRUCT_SIZE);
    };
    api.deviceGetChipName = [](CUpti_Device_GetChipName_Params* p) {
        require(active->initialized, "GetChipName before the gate");
        p->pChipName = "GH100";
        return call("GetChipName", p->structSize, CUpti_Device_GetChipName_Params_STRUCT_SIZE);
    };
    api.getCounterAvailability = [](CUpti_Profiler_GetCounterAvailability_Params* p) {
        require(active->current == p->ctx && p->ctx != nullptr, "GetCounterAvailability without the context");
        if (p->pCounterAvailabilityImage == nullptr) p->counterAvailabilityImageSize = 16;
        return call("GetCounterAvailability", p->structSize,
                    CUpti_Profiler_GetCounterAvailability_Params_STRUCT_SIZE);
    };
}

void fillRangeSetup(cupti::Api& api) {
    api.rangeEnable = [](CUpti_RangeProfiler_Enable_Params* p) {
        require(p->ctx == active->current && p->ctx != nullptr, "Enable without the context");
        require(active->initialized && !active->enabled, "Enable once, after Initialize");
        const auto result = call("Enable", p->structSize, CUpti_RangeProfiler_Enable_Params_STRUCT_SIZE);
        active->enabled = result == CUPTI_SUCCESS;
        active->enabledContext = active->enabled ? p->ctx : nullptr;
        p->pRangeProfilerObject = profiler();
        return result;
    };
    api.rangeDisable = [](CUpti_RangeProfiler_Disable_Params* p) {
        require(active->enabled, "Disable after Enable");
        require(!active->started && !active->pushed, "Disable while started");
        active->enabled = false;
        return call("Disable", p->structSize, CUpti_RangeProfiler_Disable_Params_STRUCT_SIZE);
    };
    api.rangeGetCounterDataSize = [](CUpti_RangeProfiler_GetCounterDataSize_Params* p) {
        p->counterDataSize = 128;
        require(p->maxNumRangeTreeNodes == p->maxNumOfRanges, "a tree node for each range");
        active->rangesAskedFor = p->maxNumOfRanges;
        return call("GetCounterDataSize", p->structSize,
                    CUpti_RangeProfiler_GetCounterDataSize_Params_STRUCT_SIZE);
    };
    api.rangeInitializeCounterData = [](CUpti_RangeProfiler_CounterDataImage_Initialize_Params* p) {
        require(p->counterDataSize == 128, "counter data size");
        return call("CounterDataImageInitialize", p->structSize,
                    CUpti_RangeProfiler_CounterDataImage_Initialize_Params_STRUCT_SIZE);
    };
    api.rangeSetConfig = [](CUpti_RangeProfiler_SetConfig_Params* p) {
        active->kernelReplay = p->range == CUPTI_AutoRange;
        require(p->replayMode == (active->kernelReplay ? CUPTI_KernelReplay : CUPTI_UserReplay),
                "user range with user replay, or auto range with kernel replay");
        require(p->numNestingLevels == 1 && p->minNestingLevel == 1, "no nesting");
        require(p->maxRangesPerPass == active->rangesAskedFor, "as many ranges as the image has place for");
        require(p->configSize == 64 && p->counterDataImageSize == 128, "images");
        active->stops = 0;
        return call("SetConfig", p->structSize, CUpti_RangeProfiler_SetConfig_Params_STRUCT_SIZE);
    };
}

void fillRangePasses(cupti::Api& api) {
    api.rangeStart = [](CUpti_RangeProfiler_Start_Params* p) {
        require(active->enabled && !active->started, "Start once");
        require(active->current == active->enabledContext, "Start without the context");
        const auto result = call("Start", p->structSize, CUpti_RangeProfiler_Start_Params_STRUCT_SIZE);
        active->started = result == CUPTI_SUCCESS;
        return result;
    };
    api.rangeStop = [](CUpti_RangeProfiler_Stop_Params* p) {
        require(active->started && !active->pushed, "Stop after PopRange");
        active->started = false;
        p->isAllPassSubmitted =
            ++active->stops == active->passesNeeded || active->kernelReplay || active->metricsPerPass != 0;
        return call("Stop", p->structSize, CUpti_RangeProfiler_Stop_Params_STRUCT_SIZE);
    };
    api.rangePush = [](CUpti_RangeProfiler_PushRange_Params* p) {
        require(active->started && !active->kernelReplay, "PushRange after Start, of a user's range");
        const auto result =
            call("PushRange", p->structSize, CUpti_RangeProfiler_PushRange_Params_STRUCT_SIZE);
        active->pushed = result == CUPTI_SUCCESS;
        active->pushedName = p->pRangeName;
        return result;
    };
    api.rangePop = [](CUpti_RangeProfiler_PopRange_Params* p) {
        require(active->pushed, "PopRange after PushRange");
        active->pushed = false;
        return call("PopRange", p->structSize, CUpti_RangeProfiler_PopRange_Params_STRUCT_SIZE);
    };
    api.rangeDecodeData = [](CUpti_RangeProfiler_DecodeData_Params* p) {
        p->numOfRangeDropped = active->dropped;
        return call("DecodeData", p->structSize, CUpti_RangeProfiler_DecodeData_Params_STRUCT_SIZE);
    };
    api.rangeGetCounterDataInfo = [](CUpti_RangeProfiler_GetCounterDataInfo_Params* p) {
        p->numTotalRanges = active->ranges;
        return call("GetCounterDataInfo", p->structSize,
                    CUpti_RangeProfiler_GetCounterDataInfo_Params_STRUCT_SIZE);
    };
}

void fillHooks(cupti::Api& api) {
    api.subscribe = [](CUpti_SubscriberHandle* subscriber, CUpti_CallbackFunc, void*) {
        *subscriber = reinterpret_cast<CUpti_SubscriberHandle>(&profilerObject);
        return call("Subscribe", 0, 0);
    };
    api.unsubscribe = [](CUpti_SubscriberHandle) {
        active->hooks.clear();
        return call("Unsubscribe", 0, 0);
    };
    api.enableCallback = [](std::uint32_t enable, CUpti_SubscriberHandle, CUpti_CallbackDomain domain,
                            CUpti_CallbackId id) {
        active->hooks[std::to_string(domain) + "/" + std::to_string(id)] = enable != 0;
        return call("EnableCallback", 0, 0);
    };
    api.getDeviceId = [](CUcontext context, std::uint32_t* device) {
        *device = context == FakeCupti::second() ? 1 : 0;
        return call("GetDeviceId", 0, 0);
    };
    api.getTimestamp = [](std::uint64_t* stamp) {
        *stamp = 1;
        return call("GetTimestamp", 0, 0);
    };
}

}  // namespace

const std::vector<CUptiResult>& knownErrors() {
    static const std::vector<CUptiResult> codes{CUPTI_ERROR_INVALID_PARAMETER,
                                                CUPTI_ERROR_INVALID_DEVICE,
                                                CUPTI_ERROR_INVALID_CONTEXT,
                                                CUPTI_ERROR_INVALID_OPERATION,
                                                CUPTI_ERROR_OUT_OF_MEMORY,
                                                CUPTI_ERROR_HARDWARE,
                                                CUPTI_ERROR_NOT_INITIALIZED,
                                                CUPTI_ERROR_HARDWARE_BUSY,
                                                CUPTI_ERROR_NOT_SUPPORTED,
                                                CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED,
                                                CUPTI_ERROR_INSUFFICIENT_PRIVILEGES,
                                                CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED,
                                                CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES,
                                                CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED,
                                                CUPTI_ERROR_CMP_DEVICE_NOT_SUPPORTED,
                                                CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED,
                                                CUPTI_ERROR_SLI_DEVICE_NOT_SUPPORTED,
                                                CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED,
                                                CUPTI_ERROR_UNKNOWN,
                                                static_cast<CUptiResult>(1234)};
    return codes;
}

FakeCupti::FakeCupti() {
    const auto yes = CUPTI_PROFILER_CONFIGURATION_SUPPORTED;
    supported.isSupported = supported.architecture = supported.sli = supported.vGpu = yes;
    supported.confidentialCompute = supported.cmp = supported.wsl = yes;
    active = this;
    table().profiler = &profiler;
}

FakeCupti::~FakeCupti() {
    active = nullptr;
    table().profiler = &cupti::processProfiler;
}

std::size_t FakeCupti::count(const std::string& name) const {
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), name));
}

bool FakeCupti::isClean() const {
    return !enabled && !started && !pushed && !retained && hosts == 0 && broken.empty();
}

cupti::Api& FakeCupti::table() {
    static cupti::Api table = [] {
        cupti::Api api;
        fillHost(api);
        fillProfiler(api);
        fillRangeSetup(api);
        fillRangePasses(api);
        fillHooks(api);
        return api;
    }();
    return table;
}

const cupti::Api& FakeCupti::api() {
    return table();
}

const cupti::Driver& FakeCupti::driver() {
    static const cupti::Driver table = [] {
        cupti::Driver driver;
        fillDriver(driver);
        fillDriverMemory(driver);
        return driver;
    }();
    return table;
}

CUcontext FakeCupti::second() {
    return reinterpret_cast<CUcontext>(&secondContext);
}

CUcontext FakeCupti::primary() {
    return reinterpret_cast<CUcontext>(&contextObject);
}

}  // namespace ridge::test
