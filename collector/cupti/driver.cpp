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
    want("cuGraphClone", driver.graphClone);
    want("cuGraphDestroy", driver.graphDestroy);
    want("cuGraphNodeFindInClone", driver.graphNodeFindInClone);
    want("cuGraphGetEdges_v2", driver.graphGetEdges);
    want("cuGraphKernelNodeSetParams_v2", driver.graphKernelNodeSetParams);
    want("cuGraphKernelNodeGetAttribute", driver.graphKernelNodeGetAttribute);
    want("cuGraphMemcpyNodeGetParams", driver.graphMemcpyNodeGetParams);
    want("cuGraphMemcpyNodeSetParams", driver.graphMemcpyNodeSetParams);
    want("cuGraphMemsetNodeGetParams", driver.graphMemsetNodeGetParams);
    want("cuGraphMemsetNodeSetParams", driver.graphMemsetNodeSetParams);
    want("cuGraphInstantiateWithFlags", driver.graphInstantiate);
    want("cuGraphExecGetFlags", driver.graphExecGetFlags);
    want("cuGraphExecUpdate_v2", driver.graphExecUpdate);
    want("cuGraphExecDestroy", driver.graphExecDestroy);
    want("cuModuleLoadData", driver.moduleLoadData);
    want("cuModuleGetFunction", driver.moduleGetFunction);
    want("cuFuncSetAttribute", driver.funcSetAttribute);
    want("cuLaunchKernelEx", driver.launchKernelEx);
    want("cuMemcpy3DAsync_v2", driver.memcpy3DAsync);
    want("cuMemsetD2D8Async", driver.memsetD2D8Async);
    want("cuMemsetD2D16Async", driver.memsetD2D16Async);
    want("cuMemsetD2D32Async", driver.memsetD2D32Async);
    if (!complete) return std::nullopt;
    return driver;
}

}  // namespace

bool canIssueNodes(const Driver& driver) noexcept {
    const auto there = [](auto... functions) { return ((functions != nullptr) && ...); };
    return there(
        driver.graphGetNodes, driver.graphNodeGetType, driver.graphKernelNodeGetParams,
        driver.graphChildGraphNodeGetGraph, driver.funcGetName, driver.kernelGetName, driver.graphClone,
        driver.graphDestroy, driver.graphNodeFindInClone, driver.graphGetEdges,
        driver.graphKernelNodeSetParams, driver.graphKernelNodeGetAttribute, driver.graphMemcpyNodeGetParams,
        driver.graphMemcpyNodeSetParams, driver.graphMemsetNodeGetParams, driver.graphMemsetNodeSetParams,
        driver.graphInstantiate, driver.graphExecGetFlags, driver.graphExecUpdate, driver.graphExecDestroy,
        driver.moduleLoadData, driver.moduleGetFunction, driver.funcSetAttribute, driver.launchKernelEx,
        driver.memcpy3DAsync, driver.memcpyAsync, driver.memsetD8Async, driver.memsetD16Async,
        driver.memsetD32Async, driver.memsetD2D8Async, driver.memsetD2D16Async, driver.memsetD2D32Async);
}

const Driver* driver() {
    static const std::optional<Driver> loaded = open();
    return loaded ? &*loaded : nullptr;
}

}  // namespace ridge::cupti
