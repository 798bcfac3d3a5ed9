// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/driver.hpp"

#include <dlfcn.h>

#include <optional>

namespace ridge::cupti {
namespace {

std::optional<Driver> open() {
    void* handle = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return std::nullopt;
    Driver driver;
    bool complete = true;
    const auto want = [&](const char* name, auto& function) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(handle, name));
    };
    const auto need = [&](const char* name, auto& function) {
        want(name, function);
        complete = complete && function != nullptr;
    };
    need("cuInit", driver.init);
    need("cuDriverGetVersion", driver.driverGetVersion);
    need("cuDeviceGetCount", driver.deviceGetCount);
    need("cuDeviceGet", driver.deviceGet);
    need("cuDeviceGetName", driver.deviceGetName);
    need("cuDevicePrimaryCtxRetain", driver.primaryCtxRetain);
    need("cuDevicePrimaryCtxRelease_v2", driver.primaryCtxRelease);
    need("cuCtxGetCurrent", driver.ctxGetCurrent);
    need("cuCtxSetCurrent", driver.ctxSetCurrent);
    need("cuCtxGetDevice", driver.ctxGetDevice);
    need("cuCtxSynchronize", driver.ctxSynchronize);
    need("cuDeviceGetUuid_v2", driver.deviceGetUuid);
    need("cuDeviceGetAttribute", driver.deviceGetAttribute);
    need("cuDeviceTotalMem_v2", driver.deviceTotalMem);
    need("cuMemAlloc_v2", driver.memAlloc);
    need("cuMemFree_v2", driver.memFree);
    need("cuMemsetD8_v2", driver.memsetD8);
    want("cuGraphGetNodes", driver.graphGetNodes);
    want("cuGraphNodeGetType", driver.graphNodeGetType);
    want("cuGraphKernelNodeGetParams_v2", driver.graphKernelNodeGetParams);
    want("cuGraphChildGraphNodeGetGraph", driver.graphChildGraphNodeGetGraph);
    want("cuFuncGetName", driver.funcGetName);
    want("cuKernelGetName", driver.kernelGetName);
    if (!complete) return std::nullopt;
    return driver;
}

}  // namespace

const Driver* driver() {
    static const std::optional<Driver> loaded = open();
    return loaded ? &*loaded : nullptr;
}

}  // namespace ridge::cupti
