// SPDX-License-Identifier: Apache-2.0
// CUPTI as a table of functions, loaded when first needed and remembered with where it was found.
#pragma once

#include <cupti.h>
#include <cupti_activity.h>
#include <cupti_callbacks.h>
#include <cupti_profiler_host.h>
#include <cupti_profiler_target.h>
#include <cupti_range_profiler.h>
#include <cupti_target.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace ridge::cupti {

/// What a process knows of its CUPTI profiler, which all its devices share.
struct ProfilerState {
    std::mutex mutex;
    bool isInitialized = false;
};
inline ProfilerState processProfiler;

/// Every CUPTI function this project calls; tests fill one with their own. Without a driver only the `host*`
/// functions, getVersion and profilerInitialize may be called: deviceGetChipName, getCounterAvailability and
/// rangeEnable end the process with SIGSEGV there (gate.hpp stands before them).
struct Api {
    decltype(&cuptiGetVersion) getVersion = nullptr;

    decltype(&cuptiProfilerHostGetSupportedChips) hostGetSupportedChips = nullptr;
    decltype(&cuptiProfilerHostInitialize) hostInitialize = nullptr;
    decltype(&cuptiProfilerHostDeinitialize) hostDeinitialize = nullptr;
    decltype(&cuptiProfilerHostGetBaseMetrics) hostGetBaseMetrics = nullptr;
    decltype(&cuptiProfilerHostConfigAddMetrics) hostAddMetrics = nullptr;
    decltype(&cuptiProfilerHostGetConfigImageSize) hostGetConfigImageSize = nullptr;
    decltype(&cuptiProfilerHostGetConfigImage) hostGetConfigImage = nullptr;
    decltype(&cuptiProfilerHostGetNumOfPasses) hostGetNumOfPasses = nullptr;
    decltype(&cuptiProfilerHostEvaluateToGpuValues) hostEvaluate = nullptr;

    decltype(&cuptiProfilerInitialize) profilerInitialize = nullptr;
    decltype(&cuptiProfilerDeviceSupported) deviceSupported = nullptr;
    decltype(&cuptiDeviceGetChipName) deviceGetChipName = nullptr;
    decltype(&cuptiProfilerGetCounterAvailability) getCounterAvailability = nullptr;

    decltype(&cuptiRangeProfilerEnable) rangeEnable = nullptr;
    decltype(&cuptiRangeProfilerDisable) rangeDisable = nullptr;
    decltype(&cuptiRangeProfilerGetCounterDataSize) rangeGetCounterDataSize = nullptr;
    decltype(&cuptiRangeProfilerCounterDataImageInitialize) rangeInitializeCounterData = nullptr;
    decltype(&cuptiRangeProfilerSetConfig) rangeSetConfig = nullptr;
    decltype(&cuptiRangeProfilerStart) rangeStart = nullptr;
    decltype(&cuptiRangeProfilerStop) rangeStop = nullptr;
    decltype(&cuptiRangeProfilerPushRange) rangePush = nullptr;
    decltype(&cuptiRangeProfilerPopRange) rangePop = nullptr;
    decltype(&cuptiRangeProfilerDecodeData) rangeDecodeData = nullptr;
    decltype(&cuptiRangeProfilerGetCounterDataInfo) rangeGetCounterDataInfo = nullptr;

    decltype(&cuptiSubscribe) subscribe = nullptr;
    decltype(&cuptiUnsubscribe) unsubscribe = nullptr;
    decltype(&cuptiEnableCallback) enableCallback = nullptr;

    decltype(&cuptiGetDeviceId) getDeviceId = nullptr;  ///< also from within callbacks
    decltype(&cuptiGetTimestamp) getTimestamp = nullptr;

    decltype(&cuptiActivityRegisterCallbacks) activityRegisterCallbacks = nullptr;
    decltype(&cuptiActivityEnable) activityEnable = nullptr;
    decltype(&cuptiActivityDisable) activityDisable = nullptr;
    decltype(&cuptiActivityFlushAll) activityFlushAll = nullptr;
    decltype(&cuptiActivityGetNextRecord) activityGetNextRecord = nullptr;

    ProfilerState* profiler = &processProfiler;
};

struct Library {
    Api api;
    std::string path;                               ///< the file that was loaded
    std::uint32_t version = 0;                      ///< CUPTI's API version: 130001
    [[nodiscard]] std::string versionText() const;  ///< "13.0"; "13.1.2" style where there is a patch level
};

/// The copy that the process has loaded already, unless RIDGE_CUPTI names another: two copies would each
/// claim the driver's one subscriber. Else libcupti from the first of searchPath() that has a usable one.
/// Throws ridge::Error (failed) with every place that was tried and what was wrong there.
[[nodiscard]] Library loadLibrary();
/// The process's libcupti: loadLibrary() at the first call, never unloaded.
[[nodiscard]] const Library& library();

/// cuda::searchPath of libcupti; RIDGE_CUPTI names one.
[[nodiscard]] std::vector<std::filesystem::path> searchPath();

}  // namespace ridge::cupti
