// SPDX-License-Identifier: Apache-2.0
// In which order a layer, a step or a single operator launches its products, and how many operand copies that
// takes; no CUDA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "workloads/gemm/gemm_problem.hpp"

namespace ridge::workloads {

/// An operator (`problem` set, no parts) or a parent of others, executed `repeats` times by its own parent.
struct Part {
    std::optional<GemmProblem> problem;
    std::int64_t repeats = 1;
    std::vector<Part> parts;
};

/// `turn` counts how often the operator was launched before within one execution: its layer.
struct Launch {
    std::size_t leaf = 0;
    std::int64_t turn = 0;
};

struct ExecutionOrder {
    std::vector<GemmProblem> leaves;
    std::vector<std::int64_t> turns;  ///< per leaf: launches in one execution
    std::vector<Launch> launches;
};

/// Parts run one after the other; neighbours with equal repeats take turns, as the operators of a layer do,
/// so that 36 times (qkv, out) is qkv out qkv out ... and not 36 times the same weights' neighbours.
[[nodiscard]] ExecutionOrder executionOrder(const Part& root);

/// `sets` whole sets of operands are rotated over; within a set every leaf has `turnWeights` of weights at
/// most (one a turn where memory allows) and one of activations, which stay in cache as in a real model.
struct OperandCopies {
    std::int64_t sets = 1;
    std::int64_t turnWeights = 1;
    std::size_t bytes = 0;
};

[[nodiscard]] std::size_t operandBytes(const ExecutionOrder& order, std::int64_t sets,
                                       std::int64_t turnWeights);

/// As many sets as it takes to move through `rotateBytes` before one comes again (1 when that is 0), as far
/// as `freeBytes` go; then as many turns. nullopt when not even one copy of everything fits.
[[nodiscard]] std::optional<OperandCopies> operandCopies(const ExecutionOrder& order, std::size_t rotateBytes,
                                                         std::size_t freeBytes);

}  // namespace ridge::workloads
