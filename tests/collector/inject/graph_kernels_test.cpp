// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/graph_kernels.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "collector/inject/kernel_recorder.hpp"
#include "tests/collector/inject/fake_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;

namespace {

struct Node {
    CUgraphNodeType type = CU_GRAPH_NODE_TYPE_KERNEL;
    std::string kernel{};
    int child = -1;
};
/// Graphs by number; a handle is the address of its entry.
std::map<int, std::vector<Node>> graphs;

CUgraph handleOf(int graph) {
    return reinterpret_cast<CUgraph>(&graphs.at(graph));
}

cupti::Driver graphDriver() {
    cupti::Driver driver = FakeCupti::driver();
    driver.graphGetNodes = [](CUgraph graph, CUgraphNode* nodes, std::size_t* count) {
        auto& all = *reinterpret_cast<std::vector<Node>*>(graph);
        for (std::size_t i = 0; nodes != nullptr && i < *count; ++i)
            nodes[i] = reinterpret_cast<CUgraphNode>(&all[i]);
        *count = all.size();
        return CUDA_SUCCESS;
    };
    driver.graphNodeGetType = [](CUgraphNode node, CUgraphNodeType* type) {
        *type = reinterpret_cast<Node*>(node)->type;
        return CUDA_SUCCESS;
    };
    driver.graphKernelNodeGetParams = [](CUgraphNode node, CUDA_KERNEL_NODE_PARAMS* params) {
        *params = {};
        params->kern = reinterpret_cast<CUkernel>(node);
        params->gridDimX = 7, params->gridDimY = params->gridDimZ = 1;
        params->blockDimX = 32, params->blockDimY = params->blockDimZ = 1;
        return CUDA_SUCCESS;
    };
    driver.graphChildGraphNodeGetGraph = [](CUgraphNode node, CUgraph* graph) {
        *graph = handleOf(reinterpret_cast<Node*>(node)->child);
        return CUDA_SUCCESS;
    };
    driver.funcGetName = [](const char**, CUfunction) { return CUDA_ERROR_INVALID_HANDLE; };
    driver.kernelGetName = [](const char** name, CUkernel kernel) {
        *name = reinterpret_cast<Node*>(kernel)->kernel.c_str();
        return CUDA_SUCCESS;
    };
    return driver;
}

const cupti::Driver& driverOfGraphs() {
    static const cupti::Driver driver = graphDriver();
    return driver;
}

CUgraphExec executable(int& of) {
    return reinterpret_cast<CUgraphExec>(&of);
}

}  // namespace

TEST_CASE("a graph's kernels are listed, those of child graphs too") {
    graphs = {
        {0,
         {{CU_GRAPH_NODE_TYPE_KERNEL, "a"}, {CU_GRAPH_NODE_TYPE_GRAPH, "", 1}, {CU_GRAPH_NODE_TYPE_MEMCPY}}},
        {1, {{CU_GRAPH_NODE_TYPE_KERNEL, "b"}, {CU_GRAPH_NODE_TYPE_EMPTY}, {CU_GRAPH_NODE_TYPE_MEMSET}}}};
    const auto contents = inject::contentsOf(driverOfGraphs(), handleOf(0));
    CHECK(contents.obstacle.empty());
    REQUIRE(contents.kernels.size() == 2);
    CHECK(contents.kernels[1].name == "b");
    CHECK(contents.kernels[1].shape.grid[0] == 7);
}

TEST_CASE("nodes that would act once a pass are an obstacle to replay") {
    for (const auto type :
         {CU_GRAPH_NODE_TYPE_HOST, CU_GRAPH_NODE_TYPE_MEM_ALLOC, CU_GRAPH_NODE_TYPE_MEM_FREE,
          CU_GRAPH_NODE_TYPE_WAIT_EVENT, CU_GRAPH_NODE_TYPE_EVENT_RECORD, CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL,
          CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT, CU_GRAPH_NODE_TYPE_BATCH_MEM_OP,
          CU_GRAPH_NODE_TYPE_CONDITIONAL}) {
        graphs = {{0, {{CU_GRAPH_NODE_TYPE_KERNEL, "a"}, {type}}}};
        CHECK_FALSE(inject::contentsOf(driverOfGraphs(), handleOf(0)).obstacle.empty());
    }
}

TEST_CASE("a driver that cannot list kernels is an obstacle, not a guess") {
    graphs = {{0, {{CU_GRAPH_NODE_TYPE_KERNEL, "a"}}}};
    CHECK_FALSE(inject::contentsOf(FakeCupti::driver(), handleOf(0)).obstacle.empty());
}

namespace {

/// Launches the first of `graphs`, whole.
struct Fixture : test::FakeProcess {
    Fixture() { state.graphs.made(handle(), handleOf(0)); }
    [[nodiscard]] CUgraphExec handle() { return executable(graph); }
    void launch() {
        recorder.launching({cupti.current, handle(), nullptr, {}, {}});
        recorder.launched(CUDA_SUCCESS);
    }
    int graph = 0;
    inject::ProgramState state{driverOfGraphs()};
    inject::KernelRecorder recorder{test::bytesOptions(), FakeCupti::api(), driverOfGraphs(), state,
                                    report()};
};

}  // namespace

TEST_CASE("a graph launched as a whole is one record with its kernels") {
    graphs = {{0, {{CU_GRAPH_NODE_TYPE_KERNEL, "a"}, {CU_GRAPH_NODE_TYPE_KERNEL, "b"}}}};
    Fixture process;
    process.launch();
    process.state.graphs.changed(process.handle());
    process.launch();
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 2);
    CHECK(records[0].record.kernels.size() == 2);
    CHECK(records[0].record.kernels[0].grid == "7,1,1");
    CHECK(records[1].record.kernels[0].grid.empty());
    CHECK_FALSE(records[0].launch.has_value());
    CHECK(records[0].record.point.dramBytes == 5120.0);
}

TEST_CASE("of a graph CUPTI keeps one range, or one for each kernel: its counters are theirs together") {
    graphs = {{0, {{CU_GRAPH_NODE_TYPE_KERNEL, "a"}, {CU_GRAPH_NODE_TYPE_KERNEL, "b"}}}};
    for (const std::size_t ranges : {0U, 1U, 2U, 3U}) {
        Fixture process;
        process.cupti.ranges = ranges;
        process.launch();
        INFO(ranges << " ranges");
        REQUIRE(process.points().size() == 1);
        const bool whole = ranges == 1 || ranges == 2;
        CHECK((process.points()[0].status == db::Status::ok) == whole);
        if (whole) CHECK(process.points()[0].dramBytes == 5120.0 * static_cast<double>(ranges));
        const auto notes = process.all<inject::Note>();
        CHECK(std::count_if(notes.begin(), notes.end(), [](const inject::Note& note) {
                  return note.text.find("whole CUDA graph") != std::string::npos;
              }) == (ranges == 2 ? 1 : 0));
        CHECK(process.cupti.broken.empty());
    }
}

TEST_CASE("a graph that cannot be replayed, or holds a kernel that waits for others, is skipped") {
    for (const Node& node :
         {Node{CU_GRAPH_NODE_TYPE_HOST}, Node{CU_GRAPH_NODE_TYPE_KERNEL, "ncclDevKernel_AllReduce"}}) {
        graphs = {{0, {{CU_GRAPH_NODE_TYPE_KERNEL, "a"}, node}}};
        Fixture process;
        process.launch();
        REQUIRE(process.points().size() == 1);
        CHECK(process.points()[0].status == db::Status::skipped);
        CHECK(process.cupti.count("Start") == 0);
    }
}
