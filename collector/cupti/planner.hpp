// SPDX-License-Identifier: Apache-2.0
// Plans a collection without touching a GPU: which metrics a chip takes, their config image, how many passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/cupti/api.hpp"
#include "collector/metrics/metric_plan.hpp"
#include "collector/metrics/resolve.hpp"

namespace ridge::cupti {

/// What one SetConfig needs. `refused` are names that CUPTI does not take on this chip.
struct CollectionPlan {
    std::vector<std::string> metrics, refused;
    std::vector<std::uint8_t> configImage;  ///< empty when no metric is left
    std::size_t passes = 0;
};

/// One refused name fails all of a host object's metrics and spoils the object: then the names are tried one
/// by one, each failure on a new object. Throws CuptiError when the chip cannot be planned for.
[[nodiscard]] CollectionPlan planCollection(const Api& api, const std::string& chip,
                                            const std::vector<std::string>& metrics,
                                            std::span<const std::uint8_t> availability = {});

/// The set's rules on this chip's counters.
[[nodiscard]] metrics::Resolution resolveOn(const Api& api, const std::string& chip,
                                            const metrics::MetricSet& set,
                                            std::span<const std::uint8_t> availability = {});

/// How `chip` (its name in any case) collects `set` (a name or a path), by the process's libcupti; `missing`
/// holds the set's unmet rules and the refused metrics. Throws ridge::Error (usage) for an unknown chip or
/// set, with the nearest names.
[[nodiscard]] metrics::MetricPlan planMetrics(std::string_view chip, std::string_view set);
/// planMetrics for every chip of CUPTI, in its order.
[[nodiscard]] std::vector<metrics::MetricPlan> planMetricsOfAllChips(std::string_view set);

}  // namespace ridge::cupti
