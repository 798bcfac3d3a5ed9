// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/graph_kernels.hpp"

#include <utility>

namespace ridge::inject {
namespace {

constexpr const char* unreadable = "its kernels cannot be listed";

void addGraph(const cupti::Driver& driver, CUgraph graph, GraphContents& contents);

void addKernel(const cupti::Driver& driver, CUgraphNode node, GraphContents& contents) {
    CUDA_KERNEL_NODE_PARAMS params{};
    const char* name = nullptr;
    if (driver.graphKernelNodeGetParams(node, &params) != CUDA_SUCCESS) {
        contents.obstacle = unreadable;
        return;
    }
    const CUresult named = params.func != nullptr ? driver.funcGetName(&name, params.func)
                                                  : driver.kernelGetName(&name, params.kern);
    if (named != CUDA_SUCCESS || name == nullptr) {
        contents.obstacle = unreadable;
        return;
    }
    contents.kernels.push_back({name,
                                {{params.gridDimX, params.gridDimY, params.gridDimZ},
                                 {params.blockDimX, params.blockDimY, params.blockDimZ}}});
}

void addNode(const cupti::Driver& driver, CUgraphNode node, GraphContents& contents) {
    CUgraphNodeType type{};
    if (driver.graphNodeGetType(node, &type) != CUDA_SUCCESS) {
        contents.obstacle = unreadable;
        return;
    }
    switch (type) {
        case CU_GRAPH_NODE_TYPE_KERNEL:
            addKernel(driver, node, contents);
            return;
        case CU_GRAPH_NODE_TYPE_MEMCPY:
        case CU_GRAPH_NODE_TYPE_MEMSET:
        case CU_GRAPH_NODE_TYPE_EMPTY:
            return;
        case CU_GRAPH_NODE_TYPE_GRAPH: {
            CUgraph child = nullptr;
            if (driver.graphChildGraphNodeGetGraph(node, &child) == CUDA_SUCCESS) {
                addGraph(driver, child, contents);
            } else {
                contents.obstacle = unreadable;
            }
            return;
        }
        case CU_GRAPH_NODE_TYPE_HOST:
            contents.obstacle = "it calls functions of the program, which replay would call once a pass";
            return;
        case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
        case CU_GRAPH_NODE_TYPE_MEM_FREE:
            contents.obstacle = "it allocates memory, which replay would do once a pass";
            return;
        default:
            contents.obstacle = "it signals, waits or branches, which replay would do once a pass";
    }
}

void addGraph(const cupti::Driver& driver, CUgraph graph, GraphContents& contents) {
    std::size_t count = 0;
    if (driver.graphGetNodes(graph, nullptr, &count) != CUDA_SUCCESS) {
        contents.obstacle = unreadable;
        return;
    }
    std::vector<CUgraphNode> nodes(count);
    if (count > 0 && driver.graphGetNodes(graph, nodes.data(), &count) != CUDA_SUCCESS) {
        contents.obstacle = unreadable;
        return;
    }
    for (const CUgraphNode node : nodes) addNode(driver, node, contents);
}

}  // namespace

GraphContents contentsOf(const cupti::Driver& driver, CUgraph graph) {
    GraphContents contents;
    if (driver.graphGetNodes == nullptr || driver.graphNodeGetType == nullptr ||
        driver.graphKernelNodeGetParams == nullptr || driver.graphChildGraphNodeGetGraph == nullptr ||
        driver.funcGetName == nullptr || driver.kernelGetName == nullptr) {
        contents.obstacle = "its kernels cannot be listed by this driver, R545 or newer can";
        return contents;
    }
    addGraph(driver, graph, contents);
    return contents;
}

void GraphCatalog::made(CUgraphExec executable, CUgraph graph) {
    GraphContents contents = contentsOf(m_driver, graph);
    const std::lock_guard lock(m_mutex);
    m_contents.insert_or_assign(executable, std::move(contents));
}

void GraphCatalog::changed(CUgraphExec executable) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_contents.find(executable);
    if (found != m_contents.end()) found->second.shapesChanged = true;
}

void GraphCatalog::destroyed(CUgraphExec executable) {
    const std::lock_guard lock(m_mutex);
    m_contents.erase(executable);
}

GraphContents GraphCatalog::of(CUgraphExec executable) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_contents.find(executable);
    if (found != m_contents.end()) return found->second;
    return {{}, "it was made before the measurement began, its kernels are not known", false};
}

}  // namespace ridge::inject
