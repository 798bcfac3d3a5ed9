// SPDX-License-Identifier: Apache-2.0
// Carries out a replay plan on a counter backend.
#pragma once

#include "collector/cupti/counter_backend.hpp"
#include "collector/metrics/replay_plan.hpp"

namespace ridge::cupti {

/// Every counter of `resolution`: measured, or in `knownZero` with the reason. Where the values contradict
/// what the plan took for known, that is measured too: of the same work, in replays of its own, as every
/// pass is. `passes` holds all replays that were run, a probe's included. Throws what the backend throws.
[[nodiscard]] CounterReading readReplays(CounterBackend& backend, const metrics::Resolution& resolution,
                                         const metrics::ReplayPlan& plan, const RangeWork& work);

}  // namespace ridge::cupti
