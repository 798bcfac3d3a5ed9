// SPDX-License-Identifier: Apache-2.0
// The nodes of a CUDA graph in an order in which they may run one after the other.
#pragma once

#include <cuda.h>

#include <string>
#include <vector>

#include "collector/cupti/driver.hpp"

namespace ridge::inject {

struct OrderedNode {
    CUgraphNode node = nullptr;
    CUgraphNodeType type = CU_GRAPH_NODE_TYPE_EMPTY;
};

/// Kernels, copies and sets alone: child graphs are in their place, empty nodes are gone. `obstacle` says why
/// there is no order; empty where there is.
struct NodeOrder {
    std::vector<OrderedNode> nodes;
    std::string obstacle;
};

/// After everything it depends on, programmatic dependencies included. Asks for
/// a driver that canIssueNodes().
[[nodiscard]] NodeOrder nodeOrder(const cupti::Driver& driver, CUgraph graph);

}  // namespace ridge::inject
