// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/replays.hpp"

namespace ridge::cupti {
namespace {

void append(CounterReading& reading, const CounterReading& more) {
    reading.values.insert(more.values.begin(), more.values.end());
    reading.refused.insert(reading.refused.end(), more.refused.begin(), more.refused.end());
    reading.passes += more.passes;
}

}  // namespace

CounterReading readReplays(CounterBackend& backend, const metrics::Resolution& resolution,
                           const metrics::ReplayPlan& plan, const RangeWork& work) {
    CounterReading reading = backend.read(plan.first, work);
    if (metrics::contradicts(plan, resolution, reading.values)) {
        append(reading, backend.read(plan.omitted, work));
        return reading;
    }
    for (const std::string& metric : plan.omitted) reading.knownZero[metric] = Zero::byEarlierMeasurement;
    if (plan.probe.empty()) return reading;
    const bool noWork = metrics::foundNoWork(plan, resolution, reading.values);
    const metrics::Names& next = noWork ? plan.withoutWork : plan.withWork;
    if (!next.empty()) append(reading, backend.read(next, work));
    if (noWork) {
        for (const std::string& metric : plan.covered) reading.knownZero[metric] = Zero::byProbe;
    }
    return reading;
}

}  // namespace ridge::cupti
