// SPDX-License-Identifier: Apache-2.0
// Holds what a recorded fixture evaluates to against the arithmetic of its closed form; pure.
#pragma once

#include <vector>

#include "collector/cupti/fixture.hpp"
#include "collector/metrics/resolve.hpp"
#include "workloads/shape/self_check.hpp"

namespace ridge::worker {

/// `values`: one for each of the fixture's metrics, in their order. `resolution`: of the fixture's metric set
/// on its chip. Throws ridge::Error (usage) for a form or a metric set that there is none of.
[[nodiscard]] shape::Verdict judgeFixture(const cupti::Fixture& fixture,
                                          const metrics::Resolution& resolution,
                                          const std::vector<double>& values);

}  // namespace ridge::worker
