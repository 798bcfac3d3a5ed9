// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/node_launch.hpp"

#include <array>
#include <optional>

namespace ridge::inject {
namespace {

using IsSet = bool (*)(const CUlaunchAttributeValue&);
struct Attribute {
    CUlaunchAttributeID id;
    IsSet isSet;
    bool isRequired = false;
};

/// The driver tells defaults for what was never set: those are not passed on. A carve-out of 0 may be either.
constexpr std::array<Attribute, maxLaunchAttributes> attributes{{
    {CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW,
     [](const CUlaunchAttributeValue& value) { return value.accessPolicyWindow.num_bytes > 0; }},
    {CU_LAUNCH_ATTRIBUTE_COOPERATIVE,
     [](const CUlaunchAttributeValue& value) { return value.cooperative != 0; }, true},
    {CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION,
     [](const CUlaunchAttributeValue& value) { return value.clusterDim.x > 0; }, true},
    {CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE,
     [](const CUlaunchAttributeValue& value) {
         return value.clusterSchedulingPolicyPreference != CU_CLUSTER_SCHEDULING_POLICY_DEFAULT;
     }},
    {CU_LAUNCH_ATTRIBUTE_PREFERRED_CLUSTER_DIMENSION,
     [](const CUlaunchAttributeValue& value) { return value.preferredClusterDim.x > 0; }},
    {CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN,
     [](const CUlaunchAttributeValue& value) {
         return value.memSyncDomain != CU_LAUNCH_MEM_SYNC_DOMAIN_DEFAULT;
     }},
    {CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT,
     [](const CUlaunchAttributeValue& value) {
         return value.sharedMemCarveout > 0 && value.sharedMemCarveout <= 100;
     }},
}};

CUresult issueKernel(const cupti::Driver& driver, CUgraphNode node, Attributes which) {
    CUDA_KERNEL_NODE_PARAMS params{};
    if (const CUresult result = driver.graphKernelNodeGetParams(node, &params); result != CUDA_SUCCESS)
        return result;
    LaunchAttributes with = launchAttributes(driver, node, which);
    CUlaunchConfig config{};
    config.gridDimX = params.gridDimX, config.gridDimY = params.gridDimY, config.gridDimZ = params.gridDimZ;
    config.blockDimX = params.blockDimX, config.blockDimY = params.blockDimY,
    config.blockDimZ = params.blockDimZ;
    config.sharedMemBytes = params.sharedMemBytes;
    config.attrs = with.count == 0 ? nullptr : with.list.data();
    config.numAttrs = with.count;
    // The driver takes a kernel without a context in a function's place.
    CUfunction function = params.func != nullptr ? params.func : reinterpret_cast<CUfunction>(params.kern);
    return driver.launchKernelEx(&config, function, params.kernelParams, params.extra);
}

CUresult issueSet(const cupti::Driver& driver, CUgraphNode node) {
    CUDA_MEMSET_NODE_PARAMS set{};
    if (const CUresult result = driver.graphMemsetNodeGetParams(node, &set); result != CUDA_SUCCESS)
        return result;
    const bool flat = set.height <= 1;  // its pitch says nothing then
    switch (set.elementSize) {
        case 1:
            if (flat)
                return driver.memsetD8Async(set.dst, static_cast<unsigned char>(set.value), set.width,
                                            nullptr);
            return driver.memsetD2D8Async(set.dst, set.pitch, static_cast<unsigned char>(set.value),
                                          set.width, set.height, nullptr);
        case 2:
            if (flat)
                return driver.memsetD16Async(set.dst, static_cast<unsigned short>(set.value), set.width,
                                             nullptr);
            return driver.memsetD2D16Async(set.dst, set.pitch, static_cast<unsigned short>(set.value),
                                           set.width, set.height, nullptr);
        case 4:
            if (flat) return driver.memsetD32Async(set.dst, set.value, set.width, nullptr);
            return driver.memsetD2D32Async(set.dst, set.pitch, set.value, set.width, set.height, nullptr);
        default:
            return CUDA_ERROR_INVALID_VALUE;
    }
}

/// Host and device share their addresses; nullopt for an array, which has none.
std::optional<CUdeviceptr> addressOf(CUmemorytype type, const void* host, CUdeviceptr device) {
    if (type == CU_MEMORYTYPE_ARRAY) return std::nullopt;
    return type == CU_MEMORYTYPE_HOST ? reinterpret_cast<CUdeviceptr>(host) : device;
}

CUresult issueCopy(const cupti::Driver& driver, CUgraphNode node) {
    CUDA_MEMCPY3D copy{};
    if (const CUresult result = driver.graphMemcpyNodeGetParams(node, &copy); result != CUDA_SUCCESS)
        return result;
    const auto from = addressOf(copy.srcMemoryType, copy.srcHost, copy.srcDevice);
    const auto to = addressOf(copy.dstMemoryType, copy.dstHost, copy.dstDevice);
    const bool flat = copy.Height <= 1 && copy.Depth <= 1 && copy.srcY == 0 && copy.srcZ == 0 &&
                      copy.dstY == 0 && copy.dstZ == 0;
    // A row may be longer than the largest pitch that a copy in three dimensions may have.
    if (flat && from && to)
        return driver.memcpyAsync(*to + copy.dstXInBytes, *from + copy.srcXInBytes, copy.WidthInBytes,
                                  nullptr);
    return driver.memcpy3DAsync(&copy, nullptr);
}

}  // namespace

LaunchAttributes launchAttributes(const cupti::Driver& driver, CUgraphNode node, Attributes which) noexcept {
    LaunchAttributes found;
    for (const Attribute& attribute : attributes) {
        if (which == Attributes::required && !attribute.isRequired) continue;
        CUlaunchAttribute one{};
        one.id = attribute.id;
        // An older driver, or a GPU without clusters, does not know all of them.
        if (driver.graphKernelNodeGetAttribute(node, attribute.id, &one.value) == CUDA_SUCCESS &&
            attribute.isSet(one.value)) {
            found.list[found.count++] = one;
        }
    }
    return found;
}

CUresult issueNode(const cupti::Driver& driver, const OrderedNode& node, Attributes which) noexcept {
    switch (node.type) {
        case CU_GRAPH_NODE_TYPE_KERNEL:
            return issueKernel(driver, node.node, which);
        case CU_GRAPH_NODE_TYPE_MEMSET:
            return issueSet(driver, node.node);
        case CU_GRAPH_NODE_TYPE_MEMCPY:
            return issueCopy(driver, node.node);
        default:
            return CUDA_ERROR_INVALID_VALUE;
    }
}

CUresult issueUncounted(const cupti::Driver& driver, const OrderedNode& node) noexcept {
    const CUresult result = issueNode(driver, node);
    if (result == CUDA_SUCCESS || node.type != CU_GRAPH_NODE_TYPE_KERNEL) return result;
    const unsigned required = launchAttributes(driver, node.node, Attributes::required).count;
    if (required == launchAttributes(driver, node.node).count) return result;  // it would be the same launch
    return issueNode(driver, node, Attributes::required);
}

}  // namespace ridge::inject
