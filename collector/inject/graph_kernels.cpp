// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/graph_kernels.hpp"

#include <utility>

namespace ridge::inject {
namespace {

constexpr const char* unreadable = "its kernels cannot be listed";
constexpr const char* nodesSwitched = "the program switches nodes of it off and on";

void addGraph(const cupti::Driver& driver, CUgraph graph, GraphContents& contents);

void addKernel(const cupti::Driver& driver, CUgraphNode node, GraphContents& contents) {
    if (auto kernel = kernelOf(driver, node)) {
        contents.kernels.push_back(std::move(*kernel));
    } else {
        contents.obstacle = unreadable;
    }
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

std::optional<GraphKernel> kernelOf(const cupti::Driver& driver, CUgraphNode node) {
    CUDA_KERNEL_NODE_PARAMS params{};
    const char* name = nullptr;
    if (driver.graphKernelNodeGetParams(node, &params) != CUDA_SUCCESS) return std::nullopt;
    const CUresult named = params.func != nullptr ? driver.funcGetName(&name, params.func)
                                                  : driver.kernelGetName(&name, params.kern);
    if (named != CUDA_SUCCESS || name == nullptr) return std::nullopt;
    return GraphKernel{name,
                       {{params.gridDimX, params.gridDimY, params.gridDimZ},
                        {params.blockDimX, params.blockDimY, params.blockDimZ},
                        params.sharedMemBytes},
                       params.func != nullptr ? static_cast<const void*>(params.func) : params.kern};
}

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

void GraphCatalog::put(CUgraphExec executable, CUgraph graph, bool keepsSwitches) {
    Entry fresh{contentsOf(m_driver, graph), nullptr, false};
    if (m_keepsGraphs && fresh.contents.obstacle.empty())
        fresh.kept = std::make_shared<KeptGraph>(m_driver, graph);
    const std::lock_guard lock(m_mutex);
    Entry& known = m_entries[executable];
    fresh.switched = keepsSwitches && known.switched;
    if (fresh.switched && fresh.kept) fresh.kept->lose(nodesSwitched);
    known = std::move(fresh);
}

void GraphCatalog::made(CUgraphExec executable, CUgraph graph) {
    put(executable, graph, false);
}

void GraphCatalog::updated(CUgraphExec executable, CUgraph graph) {
    put(executable, graph, true);
}

void GraphCatalog::changed(CUgraphExec executable, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS& params) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(executable);
    if (found == m_entries.end()) return;
    found->second.contents.shapesChanged = true;
    if (found->second.kept) found->second.kept->follow(node, params);
}

void GraphCatalog::changed(CUgraphExec executable) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(executable);
    if (found == m_entries.end()) return;
    found->second.contents.shapesChanged = true;
    if (found->second.kept) found->second.kept->lose("the program changed nodes of it other than kernels");
}

void GraphCatalog::switched(CUgraphExec executable) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(executable);
    if (found == m_entries.end()) return;
    found->second.switched = true;
    if (found->second.kept) found->second.kept->lose(nodesSwitched);
}

void GraphCatalog::destroyed(CUgraphExec executable) {
    const std::lock_guard lock(m_mutex);
    m_entries.erase(executable);
}

GraphContents GraphCatalog::of(CUgraphExec executable) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(executable);
    if (found != m_entries.end()) return found->second.contents;
    return {{}, "it was made before the measurement began, its kernels are not known", false};
}

std::shared_ptr<KeptGraph> GraphCatalog::kept(CUgraphExec executable) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(executable);
    return found == m_entries.end() ? nullptr : found->second.kept;
}

}  // namespace ridge::inject
