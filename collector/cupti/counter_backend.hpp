// SPDX-License-Identifier: Apache-2.0
// The one virtual seam of the project: counters of a piece of GPU work, from CUPTI or from a fake in tests.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ridge::cupti {

/// Why a counter that was not collected is known to be zero.
enum class Zero { byProbe, byEarlierMeasurement };

/// Counter values by full metric name; values the hardware did not deliver (NaN) are named in `refused`,
/// never summed.
struct CounterReading {
    std::map<std::string, double> values;
    std::vector<std::string> refused;
    std::map<std::string, Zero> knownZero;  ///< not collected, and not in `values`
    int passes = 0;
};

/// One range of work that is run once per pass. `prepare` runs outside the range before every pass (flush,
/// restore) and leaves the device idle: what still runs when the range starts is counted in it.
struct RangeWork {
    std::string_view name;
    std::function<void()> prepare;
    std::function<void()> work;  ///< launches and synchronises
};

class CounterBackend {
 public:
    virtual ~CounterBackend() = default;
    /// User range, user replay: every metric of `metrics`, over as many passes as it takes.
    [[nodiscard]] virtual CounterReading read(const std::vector<std::string>& metrics,
                                              const RangeWork& work) = 0;
};

}  // namespace ridge::cupti
