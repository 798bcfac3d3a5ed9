// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/kept_graph.hpp"

namespace ridge::inject {

KeptGraph::KeptGraph(const cupti::Driver& driver, CUgraph source) : m_driver(driver) {
    if (!cupti::canIssueNodes(driver)) {
        m_obstacle = "this driver lacks calls that it takes, R545 or newer has them";
        return;
    }
    m_graph = OwnedGraph(driver, source);
    if (m_graph.get() == nullptr) m_obstacle = "the driver makes no copy of it";
}

void KeptGraph::follow(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS& params) {
    if (!m_obstacle.empty()) return;
    m_rehearsal.reset();
    CUgraphNode ours = nullptr;
    if (m_driver.graphNodeFindInClone(&ours, node, m_graph.get()) != CUDA_SUCCESS ||
        m_driver.graphKernelNodeSetParams(ours, &params) != CUDA_SUCCESS) {
        lose("the program changed a kernel of it that its copy does not have");
    }
}

void KeptGraph::lose(const std::string& why) {
    if (m_obstacle.empty()) m_obstacle = why;
}

}  // namespace ridge::inject
