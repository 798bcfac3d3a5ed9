// SPDX-License-Identifier: Apache-2.0
// The counters of work that ran in several ranges, one after the other.
#pragma once

#include <string>
#include <vector>

namespace ridge::cupti {

/// `values`: for each range the value of each metric. What is counted adds up (`.sum`, and the `.max` of
/// cycles that every unit goes through); a rate (`.per_second`) is that of the whole where every range's
/// gpu__time_duration.sum is among the metrics. NaN for what cannot be told of the whole.
[[nodiscard]] std::vector<double> inSuccession(const std::vector<std::string>& metrics,
                                               const std::vector<std::vector<double>>& values);

}  // namespace ridge::cupti
