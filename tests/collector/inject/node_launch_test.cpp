// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/node_launch.hpp"

#include <string>
#include <vector>

#include "tests/collector/inject/fake_graphs.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using inject::issueNode;
using test::FakeGraph;
using test::FakeGraphs;
using test::FakeNode;
using test::handleOf;

namespace {

struct Fixture {
    test::FakeCupti cupti;
    FakeGraphs graphs{cupti};
    FakeGraph& graph = graphs.graph();

    CUresult issue(FakeNode& node) { return issueNode(FakeGraphs::driver(), {handleOf(node), node.type}); }
    CUresult issueUncounted(FakeNode& node) {
        return inject::issueUncounted(FakeGraphs::driver(), {handleOf(node), node.type});
    }
    [[nodiscard]] std::string onlyCall() const {
        std::string found;
        for (const auto& [call, count] : graphs.calls) {
            if (call.find("Async") != std::string::npos) found += call;
        }
        return found;
    }
};

CUlaunchAttribute attribute(CUlaunchAttributeID id) {
    CUlaunchAttribute made{};
    made.id = id;
    return made;
}

}  // namespace

TEST_CASE("a kernel node is launched with its shape and the attributes that it was given") {
    Fixture fixture;
    FakeNode& node = fixture.graph.kernel("k", 7);
    node.attributes = {attribute(CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION),
                       attribute(CU_LAUNCH_ATTRIBUTE_COOPERATIVE), attribute(CU_LAUNCH_ATTRIBUTE_PRIORITY),
                       attribute(CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT)};
    node.attributes[0].value.clusterDim = {2, 1, 1};
    node.attributes[1].value.cooperative = 1;
    node.attributes[2].value.priority = -5;
    node.attributes[3].value.sharedMemCarveout = 50;
    CHECK(fixture.issue(node) == CUDA_SUCCESS);
    CHECK(fixture.graphs.log == std::vector<std::string>{"k[7]"});
    const auto& with = fixture.graphs.launchedWith;
    REQUIRE(with.size() == 3);
    CHECK(with[0].id == CU_LAUNCH_ATTRIBUTE_COOPERATIVE);
    CHECK(with[1].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION);
    CHECK(with[1].value.clusterDim.x == 2);
    CHECK(with[2].value.sharedMemCarveout == 50);
}

TEST_CASE("attributes that were never set, or that the driver does not know, are not passed on") {
    Fixture fixture;
    CHECK(fixture.issue(fixture.graph.kernel("k")) == CUDA_SUCCESS);
    CHECK(fixture.graphs.launchedWith.empty());
    fixture.graphs.failing["graphKernelNodeGetAttribute"] = {8};
    FakeNode& node = fixture.graph.kernel("k");
    node.attributes = {attribute(CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW)};
    node.attributes[0].value.accessPolicyWindow.num_bytes = 64;
    CHECK(fixture.issue(node) == CUDA_SUCCESS);
    CHECK(fixture.graphs.launchedWith.empty());
}

TEST_CASE("without counters, a kernel whose hints the driver refuses runs with what it requires alone") {
    Fixture fixture;
    FakeNode& node = fixture.graph.kernel("k", 7);
    node.attributes = {attribute(CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION),
                       attribute(CU_LAUNCH_ATTRIBUTE_COOPERATIVE),
                       attribute(CU_LAUNCH_ATTRIBUTE_PREFERRED_CLUSTER_DIMENSION),
                       attribute(CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT)};
    node.attributes[0].value.clusterDim = {2, 1, 1};
    node.attributes[1].value.cooperative = 1;
    node.attributes[2].value.preferredClusterDim = {4, 1, 1};
    node.attributes[3].value.sharedMemCarveout = 50;
    fixture.graphs.refusedAttributes = {CU_LAUNCH_ATTRIBUTE_PREFERRED_CLUSTER_DIMENSION};
    CHECK(fixture.issue(node) == CUDA_ERROR_INVALID_VALUE);
    CHECK(fixture.issueUncounted(node) == CUDA_SUCCESS);
    CHECK(fixture.graphs.log == std::vector<std::string>{"k[7]"});
    const auto& with = fixture.graphs.launchedWith;
    REQUIRE(with.size() == 2);
    CHECK(with[0].id == CU_LAUNCH_ATTRIBUTE_COOPERATIVE);
    CHECK(with[1].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION);
    fixture.graphs.refusedAttributes = {CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION};
    CHECK(fixture.issueUncounted(node) == CUDA_ERROR_INVALID_VALUE);
    CHECK(fixture.graphs.log.size() == 1);
}

TEST_CASE("what has no hints is not tried a second time") {
    Fixture fixture;
    FakeNode& node = fixture.graph.kernel("k");
    node.attributes = {attribute(CU_LAUNCH_ATTRIBUTE_COOPERATIVE)};
    node.attributes[0].value.cooperative = 1;
    fixture.graphs.failing["launchKernelEx"] = {1};
    CHECK(fixture.issueUncounted(node) == CUDA_ERROR_INVALID_VALUE);
    CHECK(fixture.graphs.calls["launchKernelEx"] == 1);
    fixture.graphs.failing["memcpyAsync"] = {1};
    CHECK(fixture.issueUncounted(fixture.graph.copy(0x1000, 0x2000)) == CUDA_ERROR_INVALID_VALUE);
    CHECK(fixture.graphs.calls["memcpyAsync"] == 1);
}

TEST_CASE("memory is set by the call of its element size, in rows where there are any") {
    for (const std::size_t height : {std::size_t{1}, std::size_t{3}}) {
        for (const unsigned size : {1U, 2U, 4U}) {
            Fixture fixture;
            CHECK(fixture.issue(fixture.graph.set(0x1000, 5, 8, size, height)) == CUDA_SUCCESS);
            const std::string rows = height == 1 ? "memsetD" : "memsetD2D";
            CHECK(fixture.onlyCall() == rows + std::to_string(8 * size) + "Async");
            CHECK(fixture.graphs.log == std::vector<std::string>{"set 0x1000=5"});
        }
    }
    Fixture fixture;
    CHECK(fixture.issue(fixture.graph.set(0x1000, 5, 8, 3)) == CUDA_ERROR_INVALID_VALUE);
}

TEST_CASE("one row is copied by address, more of them as they are") {
    Fixture flat;
    FakeNode& row = flat.graph.copy(0x1000, 0x2000);
    row.copy.dstXInBytes = 0x10;
    CHECK(flat.issue(row) == CUDA_SUCCESS);
    CHECK(flat.onlyCall() == "memcpyAsync");
    CHECK(flat.graphs.log == std::vector<std::string>{"copy 0x1010<-0x2000"});

    Fixture rows;
    FakeNode& many = rows.graph.copy(0x1000, 0x2000);
    many.copy.Height = 2;
    CHECK(rows.issue(many) == CUDA_SUCCESS);
    CHECK(rows.onlyCall() == "memcpy3DAsync");

    Fixture host;
    FakeNode& up = host.graph.copy(0x1000, 0);
    up.copy.srcMemoryType = CU_MEMORYTYPE_HOST;
    up.copy.srcHost = reinterpret_cast<const void*>(0x3000);
    CHECK(host.issue(up) == CUDA_SUCCESS);
    CHECK(host.graphs.log == std::vector<std::string>{"copy 0x1000<-0x3000"});
}

TEST_CASE("a node that cannot be read, or is of another kind, is not run") {
    for (const char* call :
         {"graphKernelNodeGetParams", "graphMemsetNodeGetParams", "graphMemcpyNodeGetParams"}) {
        Fixture fixture;
        fixture.graphs.failing[call] = {1};
        const std::string kind = call;
        FakeNode& node = kind.find("Kernel") != std::string::npos   ? fixture.graph.kernel("k")
                         : kind.find("Memset") != std::string::npos ? fixture.graph.set(0x1000, 1)
                                                                    : fixture.graph.copy(0x1000, 0x2000);
        CHECK(fixture.issue(node) == CUDA_ERROR_INVALID_VALUE);
        CHECK(fixture.graphs.log.empty());
    }
    Fixture fixture;
    CHECK(fixture.issue(fixture.graph.node(CU_GRAPH_NODE_TYPE_HOST)) == CUDA_ERROR_INVALID_VALUE);
}
