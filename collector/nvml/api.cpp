// SPDX-License-Identifier: Apache-2.0
#include "collector/nvml/api.hpp"

#include <dlfcn.h>

#include <initializer_list>
#include <type_traits>

namespace ridge::nvml {
namespace {

constexpr const char* soname = "libnvidia-ml.so.1";

/// The first of `names` that the library has.
template <class Function>
void load(void* handle, std::initializer_list<const char*> names, Function& function) {
    for (const char* name : names) {
        // dlsym returns an object pointer by design; POSIX guarantees the conversion.
        function = reinterpret_cast<Function>(dlsym(handle, name));
        if (function != nullptr) return;
    }
}

Api fill(void* handle) {
    Api api;
    load(handle, {"nvmlInit_v2"}, api.init);
    load(handle, {"nvmlShutdown"}, api.shutdown);
    load(handle, {"nvmlErrorString"}, api.errorString);
    load(handle, {"nvmlDeviceGetHandleByUUID"}, api.handleByUuid);
    load(handle, {"nvmlDeviceGetHandleByPciBusId_v2"}, api.handleByPciBusId);
    load(handle, {"nvmlSystemGetDriverVersion"}, api.driverVersion);
    load(handle, {"nvmlSystemGetConfComputeState"}, api.confidentialState);
    load(handle, {"nvmlDeviceGetClockInfo"}, api.clockInfo);
    load(handle, {"nvmlDeviceGetMaxClockInfo"}, api.maxClockInfo);
    load(handle, {"nvmlDeviceGetTemperature"}, api.temperature);
    load(handle, {"nvmlDeviceGetPowerUsage"}, api.powerUsage);
    load(handle, {"nvmlDeviceGetEnforcedPowerLimit"}, api.enforcedPowerLimit);
    load(handle, {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"},
         api.clockEventReasons);
    load(handle, {"nvmlDeviceGetTotalEnergyConsumption"}, api.totalEnergy);
    load(handle, {"nvmlDeviceGetMemoryInfo"}, api.memoryInfo);
    load(handle, {"nvmlDeviceGetComputeRunningProcesses_v3"}, api.computeProcesses);
    load(handle, {"nvmlDeviceGetGraphicsRunningProcesses_v3"}, api.graphicsProcesses);
    load(handle, {"nvmlDeviceGetDisplayActive"}, api.displayActive);
    load(handle, {"nvmlDeviceGetPersistenceMode"}, api.persistenceMode);
    load(handle, {"nvmlDeviceGetEccMode"}, api.eccMode);
    load(handle, {"nvmlDeviceGetMigMode"}, api.migMode);
    load(handle, {"nvmlDeviceGetVirtualizationMode"}, api.virtualizationMode);
    load(handle, {"nvmlDeviceGetSupportedMemoryClocks"}, api.supportedMemoryClocks);
    load(handle, {"nvmlDeviceGetSupportedGraphicsClocks"}, api.supportedGraphicsClocks);
    load(handle, {"nvmlDeviceSetGpuLockedClocks"}, api.setLockedClocks);
    load(handle, {"nvmlDeviceResetGpuLockedClocks"}, api.resetLockedClocks);
    return api;
}

Library open() {
    void* handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return {std::nullopt, std::string(soname) + " was not found"};
    const Api api = fill(handle);
    if (api.init == nullptr || api.shutdown == nullptr || api.errorString == nullptr ||
        api.handleByUuid == nullptr)
        return {std::nullopt, std::string(soname) + " is too old: it lacks nvmlInit_v2 or its like"};
    return {api, {}};
}

}  // namespace

const Library& library() {
    static const Library loaded = open();
    return loaded;
}

}  // namespace ridge::nvml
