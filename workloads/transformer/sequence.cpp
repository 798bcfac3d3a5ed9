// SPDX-License-Identifier: Apache-2.0
#include "workloads/transformer/sequence.hpp"

#include <algorithm>
#include <utility>

namespace ridge::workloads {
namespace {

constexpr std::uint64_t firstSeed = 20230808;
constexpr std::uint64_t seedsPerLeaf = std::uint64_t{1} << 32;

}  // namespace

Sequence::Sequence(GemmRunner& runner, ExecutionOrder order, const OperandCopies& copies)
    : m_order(std::move(order)), m_copies(copies) {
    m_gemms.reserve(m_order.leaves.size());
    for (std::size_t i = 0; i < m_order.leaves.size(); ++i) {
        const std::int64_t weights = std::min(m_order.turns[i], copies.turnWeights) * copies.sets;
        m_gemms.emplace_back(runner, m_order.leaves[i], Gemm::Copies{weights, copies.sets},
                             firstSeed + i * seedsPerLeaf);
    }
}

void Sequence::launch() {
    for (const Launch& launch : m_order.launches) {
        const std::int64_t weights = std::min(m_order.turns[launch.leaf], m_copies.turnWeights);
        m_gemms[launch.leaf].launch(m_set * weights + launch.turn % weights, m_set);
    }
    m_set = (m_set + 1) % m_copies.sets;
}

std::optional<std::int64_t> Sequence::knownKernels() const {
    std::int64_t kernels = 0;
    for (const Launch& launch : m_order.launches) {
        const GemmProblem& problem = m_order.leaves[launch.leaf];
        if (problem.implementation != Implementation::fixedTile) return std::nullopt;
        kernels += static_cast<std::int64_t>(problem.columns.size());
    }
    return kernels;
}

}  // namespace ridge::workloads
