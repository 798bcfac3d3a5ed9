// SPDX-License-Identifier: Apache-2.0
// Does a row of A B depend on how many other rows there are, and does the same call give the same bits twice?
#pragma once

#include "workloads/gemm/gemm.hpp"

namespace ridge::workloads {

struct Invariance {
    bool invariant = false;      ///< row 0 has the same bits at M = 1, 10, 128 and 2048
    bool deterministic = false;  ///< at each M, all of C has the same bits in every iteration
};

/// 10 iterations each with inputs evenly spaced from -100 to 100 and with random ones, on the weights, dtype,
/// layout and implementation of `problem`; its M is not used. The procedure of batch_invariant_ops, as in
/// arXiv 2601.17768. Throws ridge::Error (failed) when an output was not written, CudaError when memory is
/// short.
[[nodiscard]] Invariance testInvariance(GemmRunner& runner, GemmProblem problem);

/// Device bytes that the test needs.
[[nodiscard]] std::size_t invarianceBytes(GemmProblem problem);

}  // namespace ridge::workloads
