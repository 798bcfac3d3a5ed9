// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/idle_traffic.hpp"

#include "collector/metrics/evaluate.hpp"

namespace ridge::worker {

std::optional<double> idleDramBytesPerSecond(cupti::CounterBackend& counters, const metrics::MetricSet& set,
                                             const metrics::Resolution& resolution,
                                             const cupti::RangeWork& idling) {
    const cupti::CounterReading reading = counters.read(resolution.metrics, idling);
    const metrics::Evaluation evaluation = metrics::evaluate(set, resolution, reading.values);
    if (!evaluation.dramBytes.value || evaluation.timeNs.value.value_or(0) <= 0) return std::nullopt;
    return 1e9 * *evaluation.dramBytes.value / *evaluation.timeNs.value;
}

}  // namespace ridge::worker
