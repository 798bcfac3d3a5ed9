// SPDX-License-Identifier: Apache-2.0
// What a plan comes down to when nothing is executed and only shapes count.
#pragma once

#include <vector>

#include "workloads/plan/expand.hpp"

namespace ridge::plan {

/// Every row gets the implementation `attainable`. Rows that differ in nothing but implementation and series
/// coincide: the first stays, its series `attainable` and the words that all their labels end in (` mlp_up`);
/// all others keep their series. Indexes are those of the result.
[[nodiscard]] std::vector<PlannedPoint> forModelling(std::vector<PlannedPoint> points);

}  // namespace ridge::plan
