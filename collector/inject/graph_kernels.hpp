// SPDX-License-Identifier: Apache-2.0
// What is in the CUDA graphs of a process: read when a graph becomes executable, because programs destroy it
// soon after.
#pragma once

#include <cuda.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "collector/cupti/driver.hpp"
#include "collector/inject/launch_record.hpp"

namespace ridge::inject {

struct GraphKernel {
    std::string name;  ///< mangled
    LaunchShape shape;
};

/// In no order of execution. `obstacle` says why the graph cannot be run again and again; empty where it can.
struct GraphContents {
    std::vector<GraphKernel> kernels;
    std::string obstacle;
    bool shapesChanged = false;  ///< nodes were given other parameters since: `shape` need not hold
};

/// Child graphs included. Kernel, memory copy, memory set, empty and child nodes can be replayed; host
/// functions, allocations, events, semaphores and conditions cannot: they would act once a pass.
[[nodiscard]] GraphContents contentsOf(const cupti::Driver& driver, CUgraph graph);

/// Any thread may call.
class GraphCatalog {
 public:
    explicit GraphCatalog(const cupti::Driver& driver) : m_driver(driver) {}

    /// `graph` became, or updated, `executable`.
    void made(CUgraphExec executable, CUgraph graph);
    /// Nodes of `executable` were given other parameters.
    void changed(CUgraphExec executable);
    void destroyed(CUgraphExec executable);
    [[nodiscard]] GraphContents of(CUgraphExec executable) const;

 private:
    const cupti::Driver& m_driver;
    mutable std::mutex m_mutex;
    std::map<CUgraphExec, GraphContents> m_contents;
};

}  // namespace ridge::inject
