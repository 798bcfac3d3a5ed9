// SPDX-License-Identifier: Apache-2.0
// Puts what the counters of one range said into a record, per execution; pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "collector/cupti/counter_backend.hpp"
#include "collector/metrics/evaluate.hpp"
#include "collector/metrics/replay_plan.hpp"
#include "db/model/point.hpp"

namespace ridge::worker {

/// A counter's value for one of `launches` equal executions: rates and ratios are the same for one as for
/// all, everything else (sums, and cycles whatever their rollup) is shared out.
[[nodiscard]] double perExecution(const std::string& metric, double value, std::int64_t launches);

/// Fills executed FLOPs, bytes, compute path, clock, passes, computed values and metrics of a range that held
/// `launches` executions; `evaluation` is that of valuesOfOne. What was not counted stays absent; a counter
/// that is known to be zero is in the metrics as "zero_by_probe:NAME" or "zero_by_earlier_measurement:NAME".
void addCounters(db::Record& record, const metrics::Evaluation& evaluation,
                 const cupti::CounterReading& reading, std::int64_t launches);

/// Where a set that counts every FLOP counted none and the reading lacks the tensor pipe's own counters, runs
/// `work` once more for them; where the pipe worked and the set leaves out operations that may be its, for
/// those. The replays that took.
/// Throws ridge::Error (failed) naming the counter when the tensor cores worked and no FLOPs, or no tensor
/// FLOPs, were counted: such a zero is a wrong number, not a measurement.
int requireNoSilentZero(cupti::CounterBackend& backend, const cupti::RangeWork& work,
                        const metrics::Evaluation& evaluation, const metrics::Resolution& resolution,
                        const cupti::CounterReading& reading);

/// What the counters of a point say, of one execution.
struct PointCounters {
    cupti::CounterReading reading;  ///< of the range; `passes`: every replay of its work there was
    metrics::Evaluation evaluation;
};

/// Carries out `plan` on a range of `launches` executions, and requireNoSilentZero(). `flopsAlgorithmic`:
/// what the work must compute, where that is known. Throws what reading throws, and ridge::Error (failed)
/// where nothing was counted of it.
[[nodiscard]] PointCounters readPoint(cupti::CounterBackend& backend, const metrics::MetricSet& set,
                                      const metrics::Resolution& resolution, const metrics::ReplayPlan& plan,
                                      const cupti::RangeWork& work, std::int64_t launches,
                                      std::optional<double> flopsAlgorithmic);

/// The values of one of `launches` executions, with 0 for every counter that is known to be zero: what
/// metrics::evaluate takes.
[[nodiscard]] std::map<std::string, double> valuesOfOne(const cupti::CounterReading& reading,
                                                        std::int64_t launches);

/// Why quantities a reader would miss are absent, one line each; empty when all are there.
[[nodiscard]] std::string absences(const metrics::Evaluation& evaluation);

}  // namespace ridge::worker
