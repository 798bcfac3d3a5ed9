// SPDX-License-Identifier: Apache-2.0
// What a metric set computes of a point's counters, as the results file keeps it.
#pragma once

#include "collector/metrics/evaluate.hpp"
#include "db/model/point.hpp"

namespace ridge::metrics {

/// Adds every quantity and the operations of every compute path that have a finite value, and the units of
/// the counters in `record.metrics`. The evaluation must be of one execution, as all that a record holds.
void addValues(db::Record& record, const Evaluation& evaluation);

}  // namespace ridge::metrics
