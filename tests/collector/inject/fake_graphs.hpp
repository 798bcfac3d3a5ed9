// SPDX-License-Identifier: Apache-2.0
// A CUDA driver's graphs in memory: cloned, instantiated, updated, and a log of every effect that a program
// would see.
#pragma once

#include <cuda.h>
#include <cupti_callbacks.h>

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "collector/cupti/driver.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"

namespace ridge::test {

struct FakeGraph;

struct FakeNode {
    CUgraphNodeType type = CU_GRAPH_NODE_TYPE_KERNEL;
    CUDA_KERNEL_NODE_PARAMS kernel{};
    CUDA_MEMSET_NODE_PARAMS set{};
    CUDA_MEMCPY3D copy{};
    FakeGraph* child = nullptr;
    std::vector<CUlaunchAttribute> attributes{};
    const FakeNode* original = nullptr;  ///< of a clone
};

struct FakeGraph {
    std::list<FakeNode> nodes;  ///< as the driver lists them
    std::vector<std::pair<FakeNode*, FakeNode*>> edges;

    FakeNode& kernel(const std::string& name, unsigned grid = 1);
    FakeNode& set(CUdeviceptr to, unsigned value, std::size_t width = 4, unsigned elementSize = 1,
                  std::size_t height = 1);
    FakeNode& copy(CUdeviceptr to, CUdeviceptr from, std::size_t bytes = 4);
    FakeNode& node(CUgraphNodeType type);
    FakeNode& nested(FakeGraph& graph);
    /// Each after the one before.
    void chain();
    [[nodiscard]] CUgraph handle() { return reinterpret_cast<CUgraph>(this); }
};

[[nodiscard]] inline CUgraphNode handleOf(FakeNode& node) {
    return reinterpret_cast<CUgraphNode>(&node);
}

/// What an executable does: "a[7]", "set 0x100=5", "copy 0x100<-0x200"; nothing for what only scratch memory
/// sees.
struct FakeExecutable {
    std::vector<std::string> effects;
    [[nodiscard]] CUgraphExec handle() { return reinterpret_cast<CUgraphExec>(this); }
};

/// One at a time.
struct FakeGraphs {
    explicit FakeGraphs(FakeCupti& of);
    FakeGraphs(const FakeGraphs&) = delete;
    FakeGraphs& operator=(const FakeGraphs&) = delete;
    ~FakeGraphs();

    FakeCupti& cupti;
    std::list<FakeGraph>
        graphs;  ///< the program's, and those of ours that live; a deque's addresses would move
    std::list<FakeExecutable> executables;
    std::vector<std::string> log;                  ///< effects, a measured kernel's with a star
    std::map<std::string, std::set<int>> failing;  ///< call -> its occurrences, from 1, that fail
    std::map<std::string, int> calls;
    std::size_t clones = 0;  ///< that live
    cuuint64_t flags = 0;
    /// Called for calls of ours that CUPTI may announce, before and after each.
    std::function<void(CUpti_CallbackId, const void*, CUpti_ApiCallbackSite)> announce;
    std::vector<CUlaunchAttribute> launchedWith;      ///< by the last kernel launch
    std::set<CUlaunchAttributeID> refusedAttributes;  ///< launches with one of them fail

    FakeGraph& graph() { return graphs.emplace_back(); }
    /// As the program instantiates it.
    FakeExecutable& instantiate(FakeGraph& graph);
    [[nodiscard]] static std::vector<std::string> effectsOf(const FakeGraph& graph);
    /// FakeCupti's, with everything that graphs take.
    [[nodiscard]] static const cupti::Driver& driver();
};

}  // namespace ridge::test
