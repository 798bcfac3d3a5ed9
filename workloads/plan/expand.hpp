// SPDX-License-Identifier: Apache-2.0
// From a plan to the rows it will leave in the file, in order, before anything is measured.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "db/model/point.hpp"
#include "workloads/plan/plan.hpp"

namespace ridge::plan {

/// `point` has every planned column, algorithmic FLOPs, compulsory bytes, compute path and flags filled;
/// provenance and whatever is measured or modelled are still open. Parents come before their children.
struct PlannedPoint {
    db::Point point;
    std::optional<std::size_t> parent;  ///< index of the layer, step, draft or verify this belongs to
    std::optional<std::size_t>
        measuredAs;            ///< index of the earlier row of equal shape whose samples it shares
    std::int64_t repeats = 1;  ///< how often the parent executes it (36 layers, ...)
    double deviceBytes = 0;    ///< device memory the operands need: more than the device has means skipped
};

/// Rows in the plan's order: series by series, axes in alphabetical order with the last one fastest, then the
/// operators. Equal shapes of one implementation are measured once. Throws ridge::Error (usage) for an
/// unknown model and where an axis contradicts the assumed emitted tokens.
[[nodiscard]] std::vector<PlannedPoint> expand(const Plan& plan);

}  // namespace ridge::plan
