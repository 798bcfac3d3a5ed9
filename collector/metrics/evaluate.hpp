// SPDX-License-Identifier: Apache-2.0
// From counter values to FLOPs per compute path, bytes, time and clock; what was not measured has no value.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "collector/metrics/resolve.hpp"

namespace ridge::metrics {

/// A number, or the reason why there is none.
struct Quantity {
    std::optional<double> value;
    std::string reason;  ///< empty when there is a value
    bool upperBound =
        false;              ///< a formula with a bound, or an overlap, in it counted: the truth may be lower
    std::string unit = {};  ///< of the value; empty where only the name of the member tells
};

/// Everything is in the values' own scope: one range, however many repetitions ran inside it.
struct Evaluation {
    std::map<std::string, Quantity> paths;  ///< by ceiling name: fp32, tensor_bf16, tensor_bf16_sparse, ...
    std::map<std::string, Quantity> quantities;  ///< all [[quantity]] of the set, the ones below included
    /// Executed FLOPs, all dense floating-point paths; none unless all are known and nothing is in it twice.
    Quantity flops;
    Quantity dramReadBytes, dramWriteBytes, dramBytes, l2Bytes, l1Bytes;
    Quantity timeNs;  ///< inside the profiled range: a check, not the time to report
    Quantity smClockHz;
    std::map<std::string, std::string> units;  ///< of the counters, by full metric name
    std::string dominantPath;  ///< the floating-point path with most operations; empty: none, or not known
};

/// `resolution` is that of the chip the values come from: it tells a counter that the chip does not have from
/// one that was refused. Values are by full metric name; NaN counts as absent.
[[nodiscard]] Evaluation evaluate(const MetricSet& set, const Resolution& resolution,
                                  const std::map<std::string, double>& values);

}  // namespace ridge::metrics
