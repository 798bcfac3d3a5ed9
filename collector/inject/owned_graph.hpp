// SPDX-License-Identifier: Apache-2.0
// A CUDA graph that is not the program's.
#pragma once

#include <cuda.h>

#include <utility>

#include "collector/cupti/driver.hpp"

namespace ridge::inject {

class OwnedGraph {
 public:
    /// None.
    OwnedGraph() = default;
    /// A clone of `source`; none where the driver refuses it: it clones no allocations and no conditions.
    OwnedGraph(const cupti::Driver& driver, CUgraph source) : m_driver(&driver) {
        if (driver.graphClone(&m_graph, source) != CUDA_SUCCESS) m_graph = nullptr;
    }
    OwnedGraph(OwnedGraph&& other) noexcept
        : m_driver(other.m_driver), m_graph(std::exchange(other.m_graph, nullptr)) {}
    OwnedGraph& operator=(OwnedGraph&& other) noexcept {
        std::swap(m_driver, other.m_driver);
        std::swap(m_graph, other.m_graph);
        return *this;
    }
    OwnedGraph(const OwnedGraph&) = delete;
    OwnedGraph& operator=(const OwnedGraph&) = delete;
    ~OwnedGraph() {
        if (m_graph != nullptr) static_cast<void>(m_driver->graphDestroy(m_graph));
    }

    /// nullptr where there is none.
    [[nodiscard]] CUgraph get() const noexcept { return m_graph; }

 private:
    const cupti::Driver* m_driver = nullptr;
    CUgraph m_graph = nullptr;
};

}  // namespace ridge::inject
