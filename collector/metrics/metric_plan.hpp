// SPDX-License-Identifier: Apache-2.0
// How a chip collects a metric set: what `ridge list metrics` prints.
#pragma once

#include <string>
#include <vector>

namespace ridge::metrics {

/// `missing` are rules of the set that no metric of the chip satisfies.
struct MetricPlan {
    std::string chip, set;
    int passes = 0;
    std::vector<std::string> metrics, missing;
};

}  // namespace ridge::metrics
