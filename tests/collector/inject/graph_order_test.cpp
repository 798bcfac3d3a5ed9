// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/graph_order.hpp"

#include <vector>

#include "tests/collector/inject/fake_graphs.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using inject::nodeOrder;
using test::FakeGraph;
using test::FakeGraphs;
using test::FakeNode;
using test::handleOf;

namespace {

struct Fixture {
    test::FakeCupti cupti;
    FakeGraphs graphs{cupti};
};

std::vector<CUgraphNode> nodesOf(const inject::NodeOrder& order) {
    std::vector<CUgraphNode> nodes;
    nodes.reserve(order.nodes.size());
    for (const inject::OrderedNode& node : order.nodes) nodes.push_back(node.node);
    return nodes;
}

}  // namespace

TEST_CASE("nodes come after what they depend on, whatever order the graph lists them in") {
    Fixture fixture;
    FakeGraph& graph = fixture.graphs.graph();
    FakeNode& last = graph.kernel("last");
    FakeNode& left = graph.kernel("left");
    FakeNode& right = graph.set(0x1000, 1);
    FakeNode& first = graph.copy(0x1000, 0x2000);
    graph.edges = {{&left, &last}, {&right, &last}, {&first, &left}, {&first, &right}};
    const auto order = nodeOrder(FakeGraphs::driver(), graph.handle());
    CHECK(order.obstacle.empty());
    const std::vector<CUgraphNode> expected{handleOf(first), handleOf(left), handleOf(right), handleOf(last)};
    CHECK(nodesOf(order) == expected);
    CHECK(order.nodes.front().type == CU_GRAPH_NODE_TYPE_MEMCPY);
}

TEST_CASE("a child graph's nodes are in its place, and empty nodes are gone") {
    Fixture fixture;
    FakeGraph& inner = fixture.graphs.graph();
    FakeNode& second = inner.kernel("second");
    FakeNode& third = inner.kernel("third");
    inner.chain();
    FakeGraph& graph = fixture.graphs.graph();
    FakeNode& first = graph.kernel("first");
    graph.nested(inner);
    graph.node(CU_GRAPH_NODE_TYPE_EMPTY);
    FakeNode& fourth = graph.kernel("fourth");
    graph.chain();
    const std::vector<CUgraphNode> expected{handleOf(first), handleOf(second), handleOf(third),
                                            handleOf(fourth)};
    CHECK(nodesOf(nodeOrder(FakeGraphs::driver(), graph.handle())) == expected);
}

TEST_CASE("a graph that does more than run kernels, copy and set has no such order") {
    for (const auto type : {CU_GRAPH_NODE_TYPE_HOST, CU_GRAPH_NODE_TYPE_MEM_ALLOC,
                            CU_GRAPH_NODE_TYPE_WAIT_EVENT, CU_GRAPH_NODE_TYPE_CONDITIONAL}) {
        Fixture fixture;
        FakeGraph& graph = fixture.graphs.graph();
        graph.node(type);
        CHECK_FALSE(nodeOrder(FakeGraphs::driver(), graph.handle()).obstacle.empty());
    }
}

TEST_CASE("a circle has no order") {
    Fixture fixture;
    FakeGraph& graph = fixture.graphs.graph();
    FakeNode& a = graph.kernel("a");
    FakeNode& b = graph.kernel("b");
    graph.edges = {{&a, &b}, {&b, &a}};
    CHECK_FALSE(nodeOrder(FakeGraphs::driver(), graph.handle()).obstacle.empty());
}

TEST_CASE("what the driver does not list is an obstacle, not a gap") {
    for (const char* call :
         {"graphGetNodes", "graphGetEdges", "graphNodeGetType", "graphChildGraphNodeGetGraph"}) {
        for (const int occurrence : {1, 2}) {
            INFO(call << " " << occurrence);
            Fixture fixture;
            FakeGraph& graph = fixture.graphs.graph();
            graph.kernel("a");
            graph.nested(fixture.graphs.graph());
            graph.nested(fixture.graphs.graph());
            graph.chain();
            fixture.graphs.failing[call] = {occurrence};
            CHECK_FALSE(nodeOrder(FakeGraphs::driver(), graph.handle()).obstacle.empty());
        }
    }
}
