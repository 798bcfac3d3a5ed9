// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/graph_order.hpp"

#include <cstddef>
#include <map>

namespace ridge::inject {
namespace {

constexpr const char* unlisted = "its nodes cannot be listed";

bool nodesOf(const cupti::Driver& driver, CUgraph graph, std::vector<CUgraphNode>& nodes) {
    std::size_t count = 0;
    if (driver.graphGetNodes(graph, nullptr, &count) != CUDA_SUCCESS) return false;
    nodes.resize(count);
    return count == 0 || driver.graphGetNodes(graph, nodes.data(), &count) == CUDA_SUCCESS;
}

struct Edges {
    std::vector<CUgraphNode> from, to;
};

bool edgesOf(const cupti::Driver& driver, CUgraph graph, Edges& edges) {
    std::size_t count = 0;
    if (driver.graphGetEdges(graph, nullptr, nullptr, nullptr, &count) != CUDA_SUCCESS) return false;
    edges.from.resize(count);
    edges.to.resize(count);
    if (count == 0) return true;
    // Without room for it the driver refuses to list programmatic dependencies.
    std::vector<CUgraphEdgeData> data(count);
    return driver.graphGetEdges(graph, edges.from.data(), edges.to.data(), data.data(), &count) ==
           CUDA_SUCCESS;
}

/// Fewer than there are nodes where the edges run in a circle, or lead elsewhere.
std::vector<CUgraphNode> sorted(const std::vector<CUgraphNode>& nodes, const Edges& edges) {
    std::map<CUgraphNode, std::size_t> waitsFor;
    std::multimap<CUgraphNode, CUgraphNode> followers;
    for (const CUgraphNode node : nodes) waitsFor.emplace(node, 0);
    for (std::size_t i = 0; i < edges.from.size(); ++i) {
        ++waitsFor[edges.to[i]];
        followers.emplace(edges.from[i], edges.to[i]);
    }
    std::vector<CUgraphNode> order;
    for (const CUgraphNode node : nodes) {
        if (waitsFor[node] == 0) order.push_back(node);
    }
    for (std::size_t done = 0; done < order.size(); ++done) {
        const auto [first, last] = followers.equal_range(order[done]);
        for (auto next = first; next != last; ++next) {
            if (--waitsFor[next->second] == 0) order.push_back(next->second);
        }
    }
    return order;
}

void append(const cupti::Driver& driver, CUgraph graph, NodeOrder& order);

void append(const cupti::Driver& driver, CUgraphNode node, NodeOrder& order) {
    CUgraphNodeType type{};
    if (driver.graphNodeGetType(node, &type) != CUDA_SUCCESS) {
        order.obstacle = unlisted;
        return;
    }
    switch (type) {
        case CU_GRAPH_NODE_TYPE_KERNEL:
        case CU_GRAPH_NODE_TYPE_MEMCPY:
        case CU_GRAPH_NODE_TYPE_MEMSET:
            order.nodes.push_back({node, type});
            return;
        case CU_GRAPH_NODE_TYPE_EMPTY:
            return;
        case CU_GRAPH_NODE_TYPE_GRAPH: {
            CUgraph child = nullptr;
            if (driver.graphChildGraphNodeGetGraph(node, &child) == CUDA_SUCCESS) {
                append(driver, child, order);
            } else {
                order.obstacle = unlisted;
            }
            return;
        }
        default:
            order.obstacle = "it does more than run kernels, copy and set memory";
    }
}

void append(const cupti::Driver& driver, CUgraph graph, NodeOrder& order) {
    std::vector<CUgraphNode> nodes;
    Edges edges;
    if (!nodesOf(driver, graph, nodes) || !edgesOf(driver, graph, edges)) {
        order.obstacle = unlisted;
        return;
    }
    const std::vector<CUgraphNode> legal = sorted(nodes, edges);
    if (legal.size() != nodes.size()) order.obstacle = "its nodes have no order";
    for (const CUgraphNode node : legal) {
        if (order.obstacle.empty()) append(driver, node, order);
    }
}

}  // namespace

NodeOrder nodeOrder(const cupti::Driver& driver, CUgraph graph) {
    NodeOrder order;
    append(driver, graph, order);
    return order;
}

}  // namespace ridge::inject
