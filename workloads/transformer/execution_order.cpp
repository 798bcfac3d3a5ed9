// SPDX-License-Identifier: Apache-2.0
#include "workloads/transformer/execution_order.hpp"

#include <algorithm>

#include "workloads/gemm/gemm.hpp"

namespace ridge::workloads {
namespace {

/// Depth first, which is the order of the indexes.
void collectLeaves(const Part& part, std::vector<GemmProblem>& leaves) {
    if (part.problem) leaves.push_back(*part.problem);
    for (const Part& child : part.parts) collectLeaves(child, leaves);
}

std::size_t leafCount(const Part& part) {
    std::size_t count = part.problem ? 1 : 0;
    for (const Part& child : part.parts) count += leafCount(child);
    return count;
}

void execute(const Part& part, std::size_t firstLeaf, ExecutionOrder& order) {
    if (part.problem) {
        order.launches.push_back({firstLeaf, order.turns[firstLeaf]++});
        ++firstLeaf;
    }
    for (std::size_t begin = 0; begin < part.parts.size();) {
        const std::int64_t repeats = part.parts[begin].repeats;
        std::size_t end = begin;
        while (end < part.parts.size() && part.parts[end].repeats == repeats) ++end;
        std::size_t groupLeaves = 0;
        for (std::int64_t round = 0; round < repeats; ++round) {
            std::size_t leaf = firstLeaf;
            for (std::size_t i = begin; i < end; ++i) {
                execute(part.parts[i], leaf, order);
                leaf += leafCount(part.parts[i]);
            }
            groupLeaves = leaf - firstLeaf;
        }
        firstLeaf += groupLeaves;
        begin = end;
    }
}

}  // namespace

ExecutionOrder executionOrder(const Part& root) {
    ExecutionOrder order;
    collectLeaves(root, order.leaves);
    order.turns.assign(order.leaves.size(), 0);
    execute(root, 0, order);
    return order;
}

std::size_t operandBytes(const ExecutionOrder& order, std::int64_t sets, std::int64_t turnWeights) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < order.leaves.size(); ++i) {
        const auto weights = static_cast<std::size_t>(std::min(order.turns[i], turnWeights));
        bytes += weightBytes(order.leaves[i]) * weights + activationBytes(order.leaves[i]);
    }
    return bytes * static_cast<std::size_t>(sets);
}

std::optional<OperandCopies> operandCopies(const ExecutionOrder& order, std::size_t rotateBytes,
                                           std::size_t freeBytes) {
    std::int64_t turns = 1;
    for (const std::int64_t count : order.turns) turns = std::max(turns, count);
    while (turns > 1 && operandBytes(order, 1, turns) > freeBytes) --turns;
    const std::size_t set = operandBytes(order, 1, turns);
    if (set == 0 || set > freeBytes) return std::nullopt;
    const std::size_t wanted = std::max<std::size_t>(1, (rotateBytes + set - 1) / set);
    const auto sets = static_cast<std::int64_t>(std::min(wanted, freeBytes / set));
    return OperandCopies{sets, turns, operandBytes(order, sets, turns)};
}

}  // namespace ridge::workloads
