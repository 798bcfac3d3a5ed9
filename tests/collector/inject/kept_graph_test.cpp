// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/kept_graph.hpp"

#include "tests/collector/inject/graph_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;
using test::FakeExecutable;
using test::FakeGraph;
using test::FakeGraphs;
using test::FakeNode;
using test::GraphProcess;
using test::handleOf;
using test::Strings;

TEST_CASE("a driver that lacks a call measures graphs whole") {
    FakeCupti cupti;
    FakeGraphs graphs(cupti);
    cupti::Driver older = FakeGraphs::driver();
    CHECK(cupti::canIssueNodes(older));
    older.graphExecUpdate = nullptr;
    CHECK_FALSE(cupti::canIssueNodes(older));
    inject::KeptGraph kept(older, graphs.graph().handle());
    CHECK_FALSE(kept.obstacle().empty());
    CHECK(graphs.clones == 0);
}

TEST_CASE("kernels that the program changes in the executable are followed") {
    GraphProcess process;
    FakeGraph& graph = process.graphs.graph();
    FakeNode& node = graph.kernel("a", 7);
    FakeExecutable& executable = process.made(graph);
    process.launch(executable);
    CUDA_KERNEL_NODE_PARAMS params = node.kernel;
    params.gridDimX = 9;
    executable.effects = {"a[9]"};
    process.state.graphs.changed(executable.handle(), handleOf(node), params);
    process.launch(executable);
    CHECK(process.kernels() == Strings{"a 7,1,1", "a 9,1,1"});
    CHECK(process.graphs.log == Strings{"a[7]*", "a[9]*"});
    CHECK(executable.effects == Strings{"a[9]"});
    CHECK(process.graphs.calls["graphInstantiate"] == 2);  // tried anew
}

TEST_CASE("changes that cannot be followed make the graph whole until it is updated") {
    GraphProcess process;
    FakeExecutable& executable = process.simple();
    FakeNode stranger;
    process.state.graphs.changed(executable.handle(), handleOf(stranger), stranger.kernel);
    process.launch(executable);
    CHECK(process.graphs.log == Strings{"a[7]*", "set 0x1000=5*", "b[8]*"});
    CHECK(process.told("its copy does not have"));
    FakeGraph& newer = process.graphs.graph();
    newer.kernel("c");
    executable.effects = {"c[1]"};
    process.state.graphs.updated(executable.handle(), newer.handle());
    process.graphs.log.clear();
    process.launch(executable);
    CHECK(process.graphs.log == Strings{"c[1]*"});
    CHECK(process.kernels().back() == "c 1,1,1");
    process.state.graphs.changed(executable.handle());
    process.launch(executable);
    CHECK(process.told("other than kernels"));
    CHECK(process.isTidy(1));
}

TEST_CASE("nodes switched off stay off through an update, not through a new instantiation") {
    GraphProcess process;
    FakeExecutable& executable = process.simple();
    FakeGraph& newer = process.graphs.graph();
    newer.kernel("c");
    process.state.graphs.switched(executable.handle());
    process.state.graphs.updated(executable.handle(), newer.handle());
    executable.effects = {};  // c is the one that is off
    process.launch(executable);
    CHECK(process.graphs.log.empty());
    CHECK(process.told("off and on"));
    process.state.graphs.made(executable.handle(), newer.handle());
    executable.effects = {"c[1]"};
    process.launch(executable);
    CHECK(process.graphs.log == Strings{"c[1]*"});
}
