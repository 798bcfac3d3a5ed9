// SPDX-License-Identifier: Apache-2.0
// Metrics dealt into collections of one pass each, for work that cannot be run again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"
#include "collector/cupti/planner.hpp"

namespace ridge::cupti {

struct PassGroups {
    std::vector<CollectionPlan> groups;  ///< each of one pass; together every metric once
    std::vector<std::string> refused;    ///< not taken on this chip, or not in one pass
};

/// Each metric goes into the first group that stays within one pass with it, so that metrics which the set
/// names together stay together. Each group is a configuration of its own: its values do not depend on what
/// CUPTI does with passes that were not run. Throws CuptiError when the chip cannot be planned for.
[[nodiscard]] PassGroups passGroups(const Api& api, const std::string& chip,
                                    const std::vector<std::string>& metrics,
                                    std::span<const std::uint8_t> availability = {});

}  // namespace ridge::cupti
