// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder ask libcupti for.
#pragma once

#include <string>
#include <vector>

#include "collector/cupti/host_profiler.hpp"
#include "collector/cupti/planner.hpp"
#include "collector/metrics/metric_set.hpp"

namespace ridge::test {

/// The one chip of CUPTI 13.0 that it lists and cannot plan for.
inline constexpr const char* nameOnlyChip = "GV11B";

inline const cupti::Api& api() {
    return cupti::library().api;
}

inline std::vector<std::string> usableChips() {
    std::vector<std::string> usable;
    for (const std::string& chip : cupti::chips(api())) {
        if (chip != nameOnlyChip) usable.push_back(chip);
    }
    return usable;
}

inline metrics::Resolution resolutionOf(const std::string& chip, const std::string& set) {
    return cupti::resolveOn(api(), chip, metrics::loadSet(set));
}

inline std::vector<std::string> metricsOf(const std::string& chip, const std::string& set) {
    return resolutionOf(chip, set).metrics;
}

inline std::size_t passesOf(const std::string& chip, const std::vector<std::string>& metrics) {
    return cupti::planCollection(api(), chip, metrics).passes;
}

}  // namespace ridge::test
