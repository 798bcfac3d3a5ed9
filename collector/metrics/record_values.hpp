// SPDX-License-Identifier: Apache-2.0
// What a metric set computes of a point's counters, as the results file keeps it.
#pragma once

#include <string>
#include <string_view>

#include "collector/metrics/evaluate.hpp"
#include "db/model/point.hpp"

namespace ridge::metrics {

/// Fills the point's columns of what was counted, adds every quantity and the operations of every compute
/// path that have a finite value, and the units of the counters in `record.metrics`. Time is left to the
/// caller, who knows how it was measured. The evaluation must be of one execution, as all that a record
/// holds.
void addValues(db::Record& record, const Evaluation& evaluation);

/// In front of the name of a counter that was not collected, so that its zero never looks measured.
inline constexpr std::string_view zeroByProbe = "zero_by_probe:";
inline constexpr std::string_view zeroByEarlier = "zero_by_earlier_measurement:";

/// Puts a counter that is known to be zero among the record's metrics; `reason` is one of those above.
void addKnownZero(db::Record& record, const Evaluation& evaluation, std::string_view reason,
                  const std::string& metric);

}  // namespace ridge::metrics
