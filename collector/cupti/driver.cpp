// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/driver.hpp"

#include <dlfcn.h>

namespace ridge::cupti {
namespace {

class Lookup {
 public:
    explicit Lookup(const std::function<void*(const char*)>& symbol) : m_symbol(symbol) {}
    template <class Function>
    void want(const char* name, Function& function) {
        function = reinterpret_cast<Function>(m_symbol(name));
    }
    template <class Function>
    void need(const char* name, Function& function) {
        want(name, function);
        m_complete = m_complete && function != nullptr;
    }
    [[nodiscard]] bool isComplete() const { return m_complete; }

 private:
    const std::function<void*(const char*)>& m_symbol;
    bool m_complete = true;
};

void findCounting(Lookup& lookup, Driver& driver) {
    lookup.need("cuInit", driver.init);
    lookup.need("cuDriverGetVersion", driver.driverGetVersion);
    lookup.need("cuDeviceGetCount", driver.deviceGetCount);
    lookup.need("cuDeviceGet", driver.deviceGet);
    lookup.need("cuDeviceGetName", driver.deviceGetName);
    lookup.need("cuDevicePrimaryCtxRetain", driver.primaryCtxRetain);
    lookup.need("cuDevicePrimaryCtxRelease_v2", driver.primaryCtxRelease);
    lookup.need("cuCtxGetCurrent", driver.ctxGetCurrent);
    lookup.need("cuCtxSetCurrent", driver.ctxSetCurrent);
    lookup.need("cuCtxGetDevice", driver.ctxGetDevice);
    lookup.need("cuCtxSynchronize", driver.ctxSynchronize);
    lookup.need("cuDeviceGetUuid_v2", driver.deviceGetUuid);
    lookup.need("cuDeviceGetAttribute", driver.deviceGetAttribute);
    lookup.need("cuDeviceTotalMem_v2", driver.deviceTotalMem);
    lookup.need("cuMemAlloc_v2", driver.memAlloc);
    lookup.need("cuMemFree_v2", driver.memFree);
    lookup.need("cuMemsetD8_v2", driver.memsetD8);
}

void findGraphs(Lookup& lookup, Driver& driver) {
    lookup.want("cuGraphGetNodes", driver.graphGetNodes);
    lookup.want("cuGraphNodeGetType", driver.graphNodeGetType);
    lookup.want("cuGraphKernelNodeGetParams_v2", driver.graphKernelNodeGetParams);
    lookup.want("cuGraphChildGraphNodeGetGraph", driver.graphChildGraphNodeGetGraph);
    lookup.want("cuFuncGetName", driver.funcGetName);
    lookup.want("cuKernelGetName", driver.kernelGetName);
    lookup.want("cuGraphClone", driver.graphClone);
    lookup.want("cuGraphDestroy", driver.graphDestroy);
    lookup.want("cuGraphNodeFindInClone", driver.graphNodeFindInClone);
    lookup.want("cuGraphGetEdges_v2", driver.graphGetEdges);
    lookup.want("cuGraphKernelNodeSetParams_v2", driver.graphKernelNodeSetParams);
    lookup.want("cuGraphKernelNodeGetAttribute", driver.graphKernelNodeGetAttribute);
    lookup.want("cuGraphMemcpyNodeGetParams", driver.graphMemcpyNodeGetParams);
    lookup.want("cuGraphMemcpyNodeSetParams", driver.graphMemcpyNodeSetParams);
    lookup.want("cuGraphMemsetNodeGetParams", driver.graphMemsetNodeGetParams);
    lookup.want("cuGraphMemsetNodeSetParams", driver.graphMemsetNodeSetParams);
    lookup.want("cuGraphInstantiateWithFlags", driver.graphInstantiate);
    lookup.want("cuGraphExecGetFlags", driver.graphExecGetFlags);
    lookup.want("cuGraphExecUpdate_v2", driver.graphExecUpdate);
    lookup.want("cuGraphExecDestroy", driver.graphExecDestroy);
    lookup.want("cuModuleLoadData", driver.moduleLoadData);
    lookup.want("cuModuleGetFunction", driver.moduleGetFunction);
    lookup.want("cuFuncSetAttribute", driver.funcSetAttribute);
    lookup.want("cuLaunchKernelEx", driver.launchKernelEx);
    lookup.want("cuMemcpyAsync", driver.memcpyAsync);
    lookup.want("cuMemcpy3DAsync_v2", driver.memcpy3DAsync);
    lookup.want("cuMemsetD8Async", driver.memsetD8Async);
    lookup.want("cuMemsetD16Async", driver.memsetD16Async);
    lookup.want("cuMemsetD32Async", driver.memsetD32Async);
    lookup.want("cuMemsetD2D8Async", driver.memsetD2D8Async);
    lookup.want("cuMemsetD2D16Async", driver.memsetD2D16Async);
    lookup.want("cuMemsetD2D32Async", driver.memsetD2D32Async);
}

std::optional<Driver> open() {
    void* handle = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return std::nullopt;
    return driverFrom([handle](const char* name) { return dlsym(handle, name); });
}

}  // namespace

std::optional<Driver> driverFrom(const std::function<void*(const char*)>& symbol) {
    Driver driver;
    Lookup lookup(symbol);
    findCounting(lookup, driver);
    findGraphs(lookup, driver);
    if (!lookup.isComplete()) return std::nullopt;
    return driver;
}

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
