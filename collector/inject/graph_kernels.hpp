// SPDX-License-Identifier: Apache-2.0
// What is in the CUDA graphs of a process: read when a graph becomes executable, because programs destroy it
// soon after.
#pragma once

#include <cuda.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collector/cupti/driver.hpp"
#include "collector/inject/kept_graph.hpp"
#include "collector/inject/launch_record.hpp"

namespace ridge::inject {

struct GraphKernel {
    std::string name;  ///< mangled
    LaunchShape shape;
    const void* function = nullptr;  ///< the driver's handle
};

/// In no order of execution. `obstacle` says why the graph cannot be run again and again; empty where it can.
struct GraphContents {
    std::vector<GraphKernel> kernels;
    std::string obstacle;
    bool shapesChanged = false;  ///< nodes were given other parameters since: `shape` need not hold
};

/// What a kernel node runs; nullopt where the driver does not tell.
[[nodiscard]] std::optional<GraphKernel> kernelOf(const cupti::Driver& driver, CUgraphNode node);

/// Child graphs included. Kernel, memory copy, memory set, empty and child nodes can be replayed; host
/// functions, allocations, events, semaphores and conditions cannot: they would act once a pass.
[[nodiscard]] GraphContents contentsOf(const cupti::Driver& driver, CUgraph graph);

/// Any thread may call.
class GraphCatalog {
 public:
    /// `keepGraphs`: for nodes to be measured one by one.
    GraphCatalog(const cupti::Driver& driver, bool keepGraphs)
        : m_driver(driver), m_keepsGraphs(keepGraphs) {}

    /// `graph` became `executable`.
    void made(CUgraphExec executable, CUgraph graph);
    /// `executable` was updated with `graph`: what it did before is gone, but for nodes that were switched
    /// off.
    void updated(CUgraphExec executable, CUgraph graph);
    /// A kernel node of `executable` was given other parameters.
    void changed(CUgraphExec executable, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS& params);
    /// Nodes of `executable` were given other parameters.
    void changed(CUgraphExec executable);
    /// Nodes of it were switched off, or on again.
    void switched(CUgraphExec executable);
    void destroyed(CUgraphExec executable);
    [[nodiscard]] GraphContents of(CUgraphExec executable) const;
    /// nullptr where none is kept, or was made before the measurement began.
    [[nodiscard]] std::shared_ptr<KeptGraph> kept(CUgraphExec executable) const;

 private:
    struct Entry {
        GraphContents contents;
        std::shared_ptr<KeptGraph> kept;
        bool switched = false;
    };
    void put(CUgraphExec executable, CUgraph graph, bool keepsSwitches);

    const cupti::Driver& m_driver;
    const bool m_keepsGraphs;
    mutable std::mutex m_mutex;
    std::map<CUgraphExec, Entry> m_entries;
};

}  // namespace ridge::inject
