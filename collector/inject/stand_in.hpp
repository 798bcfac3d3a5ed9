// SPDX-License-Identifier: Apache-2.0
// An executable CUDA graph put out of action for one launch: a callback cannot keep the program from
// launching it.
#pragma once

#include <cuda.h>

#include <cstddef>
#include <map>
#include <string>

#include "collector/cupti/driver.hpp"
#include "collector/inject/owned_graph.hpp"

namespace ridge::inject {

/// A graph that an executable can be updated with and that changes nothing the program sees: kernels are
/// empty, copies and sets write into memory of ours. `obstacle` says what has no stand-in; empty where
/// `graph` is there.
struct StandIn {
    OwnedGraph graph;
    std::string obstacle;
};

/// One thread at a time. Asks for a driver that canIssueNodes(), which must outlive this.
class StandIns {
 public:
    explicit StandIns(const cupti::Driver& driver) : m_driver(driver) {}

    /// The stand-in of `graph`, whose kernels run in `context`, the one that is current. All of a context
    /// write the same memory: giving it back for more waits for those that still run.
    [[nodiscard]] StandIn make(CUgraph graph, CUcontext context);
    /// Its kernel and memory go with it.
    void contextDestroyed(CUcontext context) { m_props.erase(context); }

 private:
    struct Props {
        CUfunction nothing = nullptr;
        CUdeviceptr scratch = 0;
        std::size_t scratchBytes = 0;
    };
    [[nodiscard]] bool haveKernel(Props& props) const;
    [[nodiscard]] bool haveScratch(Props& props, std::size_t bytes) const;

    const cupti::Driver& m_driver;
    std::map<CUcontext, Props> m_props;
};

/// `executable` is what `graph` says from now on, or, where that is refused, what it was.
[[nodiscard]] CUresult updateExecutable(const cupti::Driver& driver, CUgraphExec executable, CUgraph graph);

/// Tries on an executable made for it whether one like `executable`, which does `graph`, can be updated with
/// `standIn` and back. Empty: it can; else why not.
[[nodiscard]] std::string rehearse(const cupti::Driver& driver, CUgraphExec executable, CUgraph graph,
                                   CUgraph standIn);

}  // namespace ridge::inject
