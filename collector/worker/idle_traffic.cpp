// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/idle_traffic.hpp"

#include "collector/metrics/idle_traffic.hpp"

namespace ridge::worker {

std::optional<double> idleDramBytesPerSecond(cupti::CounterBackend& counters, const metrics::MetricSet& set,
                                             const metrics::Resolution& resolution,
                                             const cupti::RangeWork& idling) {
    const cupti::CounterReading reading = counters.read(resolution.metrics, idling);
    return metrics::dramBytesPerSecond(metrics::evaluate(set, resolution, reading.values));
}

}  // namespace ridge::worker
