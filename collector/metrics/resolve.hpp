// SPDX-License-Identifier: Apache-2.0
// A metric set on one chip: the counters that its rules become there, and the rules that nothing satisfies.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collector/metrics/metric_set.hpp"

namespace ridge::metrics {

/// A tensor counter to collect and the compute path that its operations belong to.
struct TensorLeaf {
    std::string role, metric, path;
    Axis axis = Axis::flop;
    bool sparse = false;
};

/// A counter that proves leaves to be zero where it counts nothing.
struct Probe {
    std::string metric;
    std::vector<std::string> covers;  ///< leaves, by metric name
};

/// Instructions of the tensor pipe, and those of them that are packed fp16 arithmetic (HFMA2.MMA) where the
/// chip executes it there: no tensor operations, and compilers load constants with it in any kernel.
struct TensorPipe {
    std::string metric, half;    ///< `half` is empty where the pipe executes none
    bool isWithoutFp64 = false;  ///< fp64 tensor operations (DMMA) run on the fp64 pipe
};

struct Resolution {
    std::map<std::string, std::string> counters;  ///< role -> metric
    std::vector<TensorLeaf> leaves;               ///< by metric name
    std::vector<std::string> missing;             ///< roles, or "ROLE: METRIC has no path"

    /// Full metric names to collect, without repeats, in the order of the set's rules.
    std::vector<std::string> metrics;

    /// Where the set has one and the chip its counter and leaves that it covers.
    std::optional<Probe> probe = std::nullopt;

    /// The probe's counter, among `metrics`, on a chip that has it and no counter at all for its leaves
    /// (GTX 16): they are zero where it counts nothing, and unknown anywhere else. Empty on any other chip.
    std::string witness = {};

    std::optional<TensorPipe> pipe = std::nullopt;  ///< of every chip that has one
    /// Tensor operations that the chip counts and the set leaves out: the pipe's instructions may be theirs.
    std::vector<std::string> unseen = {};
};

/// `baseMetrics`: every counter of the chip by base name ("dram__bytes_read"), as CUPTI lists them.
[[nodiscard]] Resolution resolve(const MetricSet& set, const std::vector<std::string>& baseMetrics);

/// "dram__bytes_read" of "dram__bytes_read.sum".
[[nodiscard]] std::string baseName(const std::string& metric);

}  // namespace ridge::metrics
