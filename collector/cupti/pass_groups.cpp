// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/pass_groups.hpp"

#include <utility>

namespace ridge::cupti {

PassGroups passGroups(const Api& api, const std::string& chip, const std::vector<std::string>& metrics,
                      std::span<const std::uint8_t> availability) {
    PassGroups result;
    CollectionPlan whole = planCollection(api, chip, metrics, availability);
    if (whole.passes == 1 && whole.refused.empty()) {
        result.groups.push_back(std::move(whole));
        return result;
    }
    const auto fits = [&](CollectionPlan& group, const std::string& metric) {
        std::vector<std::string> more = group.metrics;
        more.push_back(metric);
        CollectionPlan plan = planCollection(api, chip, more, availability);
        if (plan.passes != 1 || !plan.refused.empty()) return false;
        group = std::move(plan);
        return true;
    };
    for (const std::string& metric : metrics) {
        bool placed = false;
        for (CollectionPlan& group : result.groups) {
            placed = placed || fits(group, metric);
        }
        if (placed) continue;
        CollectionPlan alone;
        if (fits(alone, metric)) {
            result.groups.push_back(std::move(alone));
        } else {
            result.refused.push_back(metric);
        }
    }
    return result;
}

}  // namespace ridge::cupti
