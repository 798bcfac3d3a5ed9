// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/api.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "collector/cuda/library_search.hpp"
#include "collector/cupti/toolkit.hpp"
#include "db/model/error.hpp"

namespace ridge::cupti {
namespace {

namespace fs = std::filesystem;

constexpr const char* soname = cudaMajor >= 13 ? "libcupti.so.13" : "libcupti.so.12";

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

template <class Function>
bool load(void* handle, const char* name, Function& function) {
    // dlsym returns an object pointer by design; POSIX guarantees the conversion.
    function = reinterpret_cast<Function>(dlsym(handle, name));
    return function != nullptr;
}

/// Empty, or the first function that the library lacks.
std::string fill(void* handle, Api& api) {
    std::string lacking;
    const auto need = [&](const char* name, auto& function) {
        if (!load(handle, name, function) && lacking.empty()) lacking = name;
    };
    need("cuptiGetVersion", api.getVersion);
    need("cuptiProfilerHostGetSupportedChips", api.hostGetSupportedChips);
    need("cuptiProfilerHostInitialize", api.hostInitialize);
    need("cuptiProfilerHostDeinitialize", api.hostDeinitialize);
    need("cuptiProfilerHostGetBaseMetrics", api.hostGetBaseMetrics);
    need("cuptiProfilerHostConfigAddMetrics", api.hostAddMetrics);
    need("cuptiProfilerHostGetConfigImageSize", api.hostGetConfigImageSize);
    need("cuptiProfilerHostGetConfigImage", api.hostGetConfigImage);
    need("cuptiProfilerHostGetNumOfPasses", api.hostGetNumOfPasses);
    need("cuptiProfilerHostEvaluateToGpuValues", api.hostEvaluate);
    need("cuptiProfilerInitialize", api.profilerInitialize);
    need("cuptiProfilerDeviceSupported", api.deviceSupported);
    need("cuptiDeviceGetChipName", api.deviceGetChipName);
    need("cuptiProfilerGetCounterAvailability", api.getCounterAvailability);
    need("cuptiRangeProfilerEnable", api.rangeEnable);
    need("cuptiRangeProfilerDisable", api.rangeDisable);
    need("cuptiRangeProfilerGetCounterDataSize", api.rangeGetCounterDataSize);
    need("cuptiRangeProfilerCounterDataImageInitialize", api.rangeInitializeCounterData);
    need("cuptiRangeProfilerSetConfig", api.rangeSetConfig);
    need("cuptiRangeProfilerStart", api.rangeStart);
    need("cuptiRangeProfilerStop", api.rangeStop);
    need("cuptiRangeProfilerPushRange", api.rangePush);
    need("cuptiRangeProfilerPopRange", api.rangePop);
    need("cuptiRangeProfilerDecodeData", api.rangeDecodeData);
    need("cuptiRangeProfilerGetCounterDataInfo", api.rangeGetCounterDataInfo);
    need("cuptiSubscribe", api.subscribe);
    need("cuptiUnsubscribe", api.unsubscribe);
    need("cuptiEnableCallback", api.enableCallback);
    need("cuptiGetDeviceId", api.getDeviceId);
    need("cuptiGetTimestamp", api.getTimestamp);
    need("cuptiActivityRegisterCallbacks", api.activityRegisterCallbacks);
    need("cuptiActivityEnable", api.activityEnable);
    need("cuptiActivityDisable", api.activityDisable);
    need("cuptiActivityFlushAll", api.activityFlushAll);
    need("cuptiActivityGetNextRecord", api.activityGetNextRecord);
    return lacking;
}

/// nullopt with the reason appended to `tried`.
std::optional<Library> open(const fs::path& file, std::string& tried, int flags = 0) {
    void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | flags);
    std::string reason;
    if (handle == nullptr) {
        const char* error = dlerror();  // none where RTLD_NOLOAD finds the file not loaded
        reason = error == nullptr || (file.has_parent_path() && !fs::exists(file)) ? "not there" : error;
    } else {
        Library library;
        reason = fill(handle, library.api);
        if (!reason.empty()) reason = "has no " + reason;
        if (reason.empty() && library.api.getVersion(&library.version) != CUPTI_SUCCESS)
            reason = "no version";
        if (reason.empty() && !serves(library.version)) {
            reason = fmt::format("is version {}, not {}", library.versionText(), cudaMajor);
        }
        if (reason.empty()) {
            library.path = cuda::fileOf(reinterpret_cast<const void*>(library.api.getVersion)).string();
            return library;
        }
        dlclose(handle);
    }
    tried += fmt::format("{}{} ({})", tried.empty() ? "" : ", ", file.string(), reason);
    return std::nullopt;
}

}  // namespace

std::string Library::versionText() const {
    return cupti::versionText(version);
}

std::vector<fs::path> searchPath() {
    return cuda::searchPath({soname, "RIDGE_CUPTI", RIDGE_CUPTI_DIR});
}

Library loadLibrary() {
    std::string tried;
    if (environment("RIDGE_CUPTI").empty()) {
        std::string notLoadedYet;
        if (auto library = open(soname, notLoadedYet, RTLD_NOLOAD)) return *std::move(library);
    }
    for (const fs::path& file : searchPath()) {
        if (auto library = open(file, tried)) return *std::move(library);
    }
    throw Error(
        ExitCode::failed, fmt::format("{} could not be loaded; tried: {}", soname, tried),
        fmt::format("install CUDA {}'s CUPTI, or set RIDGE_CUPTI to the library or its folder", cudaMajor));
}

const Library& library() {
    static const Library loaded = loadLibrary();
    return loaded;
}

}  // namespace ridge::cupti
