// SPDX-License-Identifier: Apache-2.0
// The DRAM traffic of a GPU on which this process moves nothing: displays, other processes, the driver; pure.
#pragma once

#include <optional>

#include "collector/cupti/counter_backend.hpp"
#include "collector/metrics/metric_set.hpp"
#include "collector/metrics/resolve.hpp"

namespace ridge::worker {

/// Bytes a second, read and written, while `idling` runs, which touches no memory and lasts some
/// milliseconds; nullopt where the chip has no DRAM counters or did not deliver them, or no time. `set` has
/// them, and `resolution` is what it is on this chip. Throws what `counters` throws.
[[nodiscard]] std::optional<double> idleDramBytesPerSecond(cupti::CounterBackend& counters,
                                                           const metrics::MetricSet& set,
                                                           const metrics::Resolution& resolution,
                                                           const cupti::RangeWork& idling);

}  // namespace ridge::worker
