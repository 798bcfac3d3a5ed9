// SPDX-License-Identifier: Apache-2.0
// Remembers which execution counters were zero for which product, so that they need no replay the next time;
// pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "workloads/gemm/gemm_problem.hpp"

namespace ridge::worker {

/// What one process learns. Keyed by the whole problem: cuBLAS chooses its kernel by shape, type and layout,
/// the same way for the same problem on the same handle, but may choose quite another for the next shape.
class KnownZeros {
 public:
    using Problems = std::vector<workloads::GemmProblem>;

    /// Counters that are zero in each of the problems, and so in their sum.
    [[nodiscard]] std::set<std::string> of(const Problems& problems) const;

    /// Counts are never negative: what is zero over all problems is zero in each.
    void learn(const Problems& problems, const std::map<std::string, double>& values);

    void forget(const Problems& problems);

 private:
    struct Less {
        bool operator()(const workloads::GemmProblem& a, const workloads::GemmProblem& b) const;
    };
    std::map<workloads::GemmProblem, std::set<std::string>, Less> m_zeros;
};

}  // namespace ridge::worker
