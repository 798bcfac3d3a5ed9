// SPDX-License-Identifier: Apache-2.0
// The CUDA driver as a table of functions: a program that links libcuda does not start on a machine without
// it.
#pragma once

#include <cuda.h>

#include <cstddef>
#include <functional>
#include <optional>

namespace ridge::cupti {

/// The driver calls that counting needs; tests fill one with their own.
struct Driver {
    CUresult (*init)(unsigned int) = nullptr;
    CUresult (*driverGetVersion)(int*) = nullptr;
    CUresult (*deviceGetCount)(int*) = nullptr;
    CUresult (*deviceGet)(CUdevice*, int) = nullptr;
    CUresult (*deviceGetName)(char*, int, CUdevice) = nullptr;
    CUresult (*primaryCtxRetain)(CUcontext*, CUdevice) = nullptr;
    CUresult (*primaryCtxRelease)(CUdevice) = nullptr;
    CUresult (*ctxGetCurrent)(CUcontext*) = nullptr;
    CUresult (*ctxSetCurrent)(CUcontext) = nullptr;
    CUresult (*ctxGetDevice)(CUdevice*) = nullptr;
    CUresult (*ctxSynchronize)() = nullptr;
    CUresult (*deviceGetUuid)(CUuuid*, CUdevice) = nullptr;
    CUresult (*deviceGetAttribute)(int*, CUdevice_attribute, CUdevice) = nullptr;
    CUresult (*deviceTotalMem)(std::size_t*, CUdevice) = nullptr;
    CUresult (*memAlloc)(CUdeviceptr*, std::size_t) = nullptr;
    CUresult (*memFree)(CUdeviceptr) = nullptr;
    CUresult (*memsetD8)(CUdeviceptr, unsigned char, std::size_t) = nullptr;

    // Older drivers lack some of these; nullptr there.
    CUresult (*graphGetNodes)(CUgraph, CUgraphNode*, std::size_t*) = nullptr;
    CUresult (*graphNodeGetType)(CUgraphNode, CUgraphNodeType*) = nullptr;
    CUresult (*graphKernelNodeGetParams)(CUgraphNode, CUDA_KERNEL_NODE_PARAMS*) = nullptr;
    CUresult (*graphChildGraphNodeGetGraph)(CUgraphNode, CUgraph*) = nullptr;
    CUresult (*funcGetName)(const char**, CUfunction) = nullptr;
    CUresult (*kernelGetName)(const char**, CUkernel) = nullptr;

    // What measuring the nodes of a CUDA graph one by one takes; complete or not, see canIssueNodes().
    CUresult (*graphClone)(CUgraph*, CUgraph) = nullptr;
    CUresult (*graphDestroy)(CUgraph) = nullptr;
    CUresult (*graphNodeFindInClone)(CUgraphNode*, CUgraphNode, CUgraph) = nullptr;
    CUresult (*graphGetEdges)(CUgraph, CUgraphNode*, CUgraphNode*, CUgraphEdgeData*, std::size_t*) = nullptr;
    CUresult (*graphKernelNodeSetParams)(CUgraphNode, const CUDA_KERNEL_NODE_PARAMS*) = nullptr;
    CUresult (*graphKernelNodeGetAttribute)(CUgraphNode, CUkernelNodeAttrID,
                                            CUkernelNodeAttrValue*) = nullptr;
    CUresult (*graphMemcpyNodeGetParams)(CUgraphNode, CUDA_MEMCPY3D*) = nullptr;
    CUresult (*graphMemcpyNodeSetParams)(CUgraphNode, const CUDA_MEMCPY3D*) = nullptr;
    CUresult (*graphMemsetNodeGetParams)(CUgraphNode, CUDA_MEMSET_NODE_PARAMS*) = nullptr;
    CUresult (*graphMemsetNodeSetParams)(CUgraphNode, const CUDA_MEMSET_NODE_PARAMS*) = nullptr;
    CUresult (*graphInstantiate)(CUgraphExec*, CUgraph, unsigned long long) = nullptr;
    CUresult (*graphExecGetFlags)(CUgraphExec, cuuint64_t*) = nullptr;
    CUresult (*graphExecUpdate)(CUgraphExec, CUgraph, CUgraphExecUpdateResultInfo*) = nullptr;
    CUresult (*graphExecDestroy)(CUgraphExec) = nullptr;
    CUresult (*moduleLoadData)(CUmodule*, const void*) = nullptr;
    CUresult (*moduleGetFunction)(CUfunction*, CUmodule, const char*) = nullptr;
    CUresult (*funcSetAttribute)(CUfunction, CUfunction_attribute, int) = nullptr;
    CUresult (*launchKernelEx)(const CUlaunchConfig*, CUfunction, void**, void**) = nullptr;
    CUresult (*memcpy3DAsync)(const CUDA_MEMCPY3D*, CUstream) = nullptr;
    CUresult (*memcpyAsync)(CUdeviceptr, CUdeviceptr, std::size_t, CUstream) = nullptr;
    CUresult (*memsetD8Async)(CUdeviceptr, unsigned char, std::size_t, CUstream) = nullptr;
    CUresult (*memsetD16Async)(CUdeviceptr, unsigned short, std::size_t, CUstream) = nullptr;
    CUresult (*memsetD32Async)(CUdeviceptr, unsigned int, std::size_t, CUstream) = nullptr;
    CUresult (*memsetD2D8Async)(CUdeviceptr, std::size_t, unsigned char, std::size_t, std::size_t,
                                CUstream) = nullptr;
    CUresult (*memsetD2D16Async)(CUdeviceptr, std::size_t, unsigned short, std::size_t, std::size_t,
                                 CUstream) = nullptr;
    CUresult (*memsetD2D32Async)(CUdeviceptr, std::size_t, unsigned int, std::size_t, std::size_t,
                                 CUstream) = nullptr;
};

/// True where nothing of the last block is missing, nor of those that older drivers lack.
[[nodiscard]] bool canIssueNodes(const Driver& driver) noexcept;

/// The table of what `symbol` finds by libcuda's names; nullopt where it lacks one that every driver has.
[[nodiscard]] std::optional<Driver> driverFrom(const std::function<void*(const char*)>& symbol);

/// The process's libcuda.so.1; nullptr where there is none, or where it lacks one of the functions.
[[nodiscard]] const Driver* driver();

}  // namespace ridge::cupti
