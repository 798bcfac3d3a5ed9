// SPDX-License-Identifier: Apache-2.0
// What an executable CUDA graph does, kept for as long as it lives: programs destroy the graph it was made
// from.
#pragma once

#include <cuda.h>

#include <optional>
#include <string>

#include "collector/cupti/driver.hpp"
#include "collector/inject/owned_graph.hpp"

namespace ridge::inject {

/// A clone of the graph that an executable was made from, or last updated with, and every change of a kernel
/// of the executable since. As with the executable itself, one thread at a time: the program sees to that.
class KeptGraph {
 public:
    /// `driver` must outlive this.
    KeptGraph(const cupti::Driver& driver, CUgraph source);

    /// Why the clone may not be what the executable does; empty where it is.
    [[nodiscard]] const std::string& obstacle() const noexcept { return m_obstacle; }
    [[nodiscard]] CUgraph graph() const noexcept { return m_graph.get(); }

    /// `node` of the source graph has other parameters in the executable now. Where it is not to be found, as
    /// in a graph that the executable was updated with, the clone is lost.
    void follow(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS& params);
    /// The executable was changed in a way that is not followed; the first reason stays.
    void lose(const std::string& why);

    /// What came of trying out, on another executable, whether this one can be put aside; nullopt: not tried
    /// since it last changed. Whoever tries it keeps it here.
    [[nodiscard]] std::optional<std::string>& rehearsal() noexcept { return m_rehearsal; }

 private:
    const cupti::Driver& m_driver;
    OwnedGraph m_graph;
    std::string m_obstacle;
    std::optional<std::string> m_rehearsal;
};

}  // namespace ridge::inject
