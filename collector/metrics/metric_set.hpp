// SPDX-License-Identifier: Apache-2.0
// A metric set as share/metrics/*.toml writes it: which counters to collect by rule, and what to compute.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ridge::metrics {

/// Floating-point work, or work that stays off the FLOP axis.
enum class Axis { flop, op };

/// A role and the counters that can play it, best first, with their rollup: "dram__bytes_read.sum".
struct CounterRule {
    std::string role;
    std::vector<std::string> anyOf;
    std::string unit, about;
    bool optional = false;  ///< only some chips have it; its absence is not reported
};

/// Every tensor counter under `prefix` that is not the union of more specific ones.
struct LeafRule {
    std::string role, prefix, rollup;
    std::vector<std::string> exclude;  ///< names with one of these texts are other views of the same work
    Axis axis = Axis::flop;
    bool sparse = false;  ///< 2:4 structured sparsity
    std::string about;
};

/// Operations of one compute path, named as its ceiling: from weighted roles, or from the tensor leaves whose
/// parts match (an empty part matches anything), weight 1.
struct PathRule {
    std::string name;
    Axis axis = Axis::flop;
    std::map<std::string, double> weights;
    std::string op, src, dst;
    bool upperBound = false;  ///< the formula can only be too high
    std::string about;
};

/// A counter of instructions that every operation of the covered leaves is part of: where it counts none,
/// they are zero.
struct ProbeRule {
    std::vector<std::string> anyOf;
    std::vector<std::string> uncovered;  ///< leaves with one of these texts may do without the instructions
    std::string about;
};

/// Two leaves, by full metric name, of which nothing says that no operation is counted by both: where both
/// counted, their sum may be too high.
struct OverlapRule {
    std::string one, other;
    std::string about;
};

struct QuantityRule {
    std::string name, unit;
    std::map<std::string, double> weights;
};

struct MetricSet {
    std::string name, summary, prose;
    /// What results call it: NAME of a shipped set, STEM@HASH of a file's content, wherever the file lies.
    std::string recordedAs;
    int formulaVersion = 0;
    bool countsAllFlops = false;  ///< the sum of its flop paths is all that was executed
    std::vector<CounterRule> counters;
    std::vector<LeafRule> leaves;
    std::vector<ProbeRule> probes;
    std::vector<PathRule> paths;
    std::vector<OverlapRule> overlaps;
    std::vector<QuantityRule> quantities;
};

/// A set by NAME in share/metrics or by PATH, with everything it includes. Throws ridge::Error (usage) with
/// the nearest names, or FILE:LINE:COLUMN: reason.
[[nodiscard]] MetricSet loadSet(std::string_view nameOrPath);
/// Names of the sets in share/metrics, sorted.
[[nodiscard]] std::vector<std::string> setNames();

}  // namespace ridge::metrics
