// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/stand_in.hpp"

#include <algorithm>
#include <optional>

#include "collector/inject/graph_order.hpp"
#include "collector/inject/own_kernels.hpp"

namespace ridge::inject {
namespace {

constexpr const char* refused = "the driver takes no stand-in for one of its nodes";

bool writesDeviceMemory(const CUDA_MEMCPY3D& copy) {
    return copy.dstMemoryType == CU_MEMORYTYPE_DEVICE || copy.dstMemoryType == CU_MEMORYTYPE_UNIFIED;
}

/// From the first byte that is written to the last.
std::size_t extentOf(const CUDA_MEMCPY3D& copy) {
    const std::size_t rows = std::max<std::size_t>(copy.Height, 1),
                      slices = std::max<std::size_t>(copy.Depth, 1);
    const std::size_t slice = std::max(copy.dstHeight, rows);
    return ((slices - 1) * slice + rows - 1) * copy.dstPitch + copy.WidthInBytes;
}

std::size_t extentOf(const CUDA_MEMSET_NODE_PARAMS& set) {
    const std::size_t rows = std::max<std::size_t>(set.height, 1);
    return (rows - 1) * set.pitch + set.width * set.elementSize;
}

/// The memory that a node's stand-in writes; nullopt where it has none, `obstacle` says why.
std::optional<std::size_t> scratchFor(const cupti::Driver& driver, const OrderedNode& node,
                                      std::string& obstacle) {
    if (node.type == CU_GRAPH_NODE_TYPE_KERNEL) return 0;
    if (node.type == CU_GRAPH_NODE_TYPE_MEMSET) {
        CUDA_MEMSET_NODE_PARAMS set{};
        if (driver.graphMemsetNodeGetParams(node.node, &set) == CUDA_SUCCESS) return extentOf(set);
        obstacle = refused;
        return std::nullopt;
    }
    CUDA_MEMCPY3D copy{};
    if (driver.graphMemcpyNodeGetParams(node.node, &copy) != CUDA_SUCCESS) {
        obstacle = refused;
    } else if (!writesDeviceMemory(copy)) {
        obstacle = "it copies to the host or into an array";
    } else {
        return extentOf(copy);
    }
    return std::nullopt;
}

CUresult emptyKernel(const cupti::Driver& driver, CUgraphNode node, CUfunction nothing) {
    CUDA_KERNEL_NODE_PARAMS params{};
    if (const CUresult result = driver.graphKernelNodeGetParams(node, &params); result != CUDA_SUCCESS)
        return result;
    params.func = nothing;
    params.kern = nullptr;
    params.ctx = nullptr;
    params.sharedMemBytes = 0;
    params.kernelParams = params.extra = nullptr;
    return driver.graphKernelNodeSetParams(node, &params);
}

CUresult divertSet(const cupti::Driver& driver, CUgraphNode node, CUdeviceptr scratch) {
    CUDA_MEMSET_NODE_PARAMS set{};
    if (const CUresult result = driver.graphMemsetNodeGetParams(node, &set); result != CUDA_SUCCESS)
        return result;
    set.dst = scratch;
    return driver.graphMemsetNodeSetParams(node, &set);
}

CUresult divertCopy(const cupti::Driver& driver, CUgraphNode node, CUdeviceptr scratch) {
    CUDA_MEMCPY3D copy{};
    if (const CUresult result = driver.graphMemcpyNodeGetParams(node, &copy); result != CUDA_SUCCESS)
        return result;
    copy.dstDevice = scratch;
    copy.dstXInBytes = copy.dstY = copy.dstZ = 0;
    return driver.graphMemcpyNodeSetParams(node, &copy);
}

}  // namespace

bool StandIns::haveKernel(Props& props) const {
    if (props.nothing != nullptr) return true;
    props.nothing = ownKernel(m_driver, nothingKernel);
    if (props.nothing == nullptr) return false;
    // For nodes with more than 8 blocks a cluster; GPUs without clusters refuse it, and have no such nodes.
    static_cast<void>(
        m_driver.funcSetAttribute(props.nothing, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1));
    return true;
}

bool StandIns::haveScratch(Props& props, std::size_t bytes) const {
    if (bytes <= props.scratchBytes) return true;
    if (props.scratch != 0) static_cast<void>(m_driver.memFree(props.scratch));
    props.scratch = 0;
    props.scratchBytes = 0;
    if (m_driver.memAlloc(&props.scratch, bytes) != CUDA_SUCCESS) return false;
    props.scratchBytes = bytes;
    return true;
}

StandIn StandIns::make(CUgraph graph, CUcontext context) {
    StandIn made{OwnedGraph(m_driver, graph), {}};
    const auto without = [](std::string why) { return StandIn{{}, std::move(why)}; };
    if (made.graph.get() == nullptr) return without("the driver makes no copy of it");
    const NodeOrder order = nodeOrder(m_driver, made.graph.get());
    if (!order.obstacle.empty()) return without(order.obstacle);
    std::size_t scratch = 0;
    for (const OrderedNode& node : order.nodes) {
        const auto bytes = scratchFor(m_driver, node, made.obstacle);
        if (!bytes) return without(made.obstacle);
        scratch = std::max(scratch, *bytes);
    }
    Props& props = m_props[context];
    if (!haveKernel(props)) return without("the driver compiles no stand-in for its kernels");
    if (!haveScratch(props, scratch))
        return without("the device has no memory left for what its copies and sets write");
    for (const OrderedNode& node : order.nodes) {
        const CUresult result =
            node.type == CU_GRAPH_NODE_TYPE_KERNEL   ? emptyKernel(m_driver, node.node, props.nothing)
            : node.type == CU_GRAPH_NODE_TYPE_MEMSET ? divertSet(m_driver, node.node, props.scratch)
                                                     : divertCopy(m_driver, node.node, props.scratch);
        if (result != CUDA_SUCCESS) return without(refused);
    }
    return made;
}

CUresult updateExecutable(const cupti::Driver& driver, CUgraphExec executable, CUgraph graph) {
    CUgraphExecUpdateResultInfo info{};
    return driver.graphExecUpdate(executable, graph, &info);
}

std::string rehearse(const cupti::Driver& driver, CUgraphExec executable, CUgraph graph, CUgraph standIn) {
    cuuint64_t flags = 0;
    if (driver.graphExecGetFlags(executable, &flags) != CUDA_SUCCESS)
        return "the driver does not know how it was made";
    if ((flags & CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH) != 0)
        return "it may be launched from the GPU too";
    CUgraphExec trial = nullptr;
    if (driver.graphInstantiate(&trial, graph, flags) != CUDA_SUCCESS)
        return "the driver makes no second executable of it";
    const bool works = updateExecutable(driver, trial, standIn) == CUDA_SUCCESS &&
                       updateExecutable(driver, trial, graph) == CUDA_SUCCESS;
    static_cast<void>(driver.graphExecDestroy(trial));
    return works ? "" : "the driver does not let its nodes be exchanged and put back";
}

}  // namespace ridge::inject
