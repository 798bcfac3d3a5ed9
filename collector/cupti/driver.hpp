// SPDX-License-Identifier: Apache-2.0
// The CUDA driver as a table of functions: a program that links libcuda does not start on a machine without
// it.
#pragma once

#include <cuda.h>

#include <cstddef>

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
};

/// The process's libcuda.so.1; nullptr where there is none, or where it lacks one of the functions.
[[nodiscard]] const Driver* driver();

}  // namespace ridge::cupti
