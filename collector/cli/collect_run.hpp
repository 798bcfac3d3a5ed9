// SPDX-License-Identifier: Apache-2.0
// Runs a checked collecting command: selects, measures or models, reports.
#pragma once

#include "collector/cli/collect_options.hpp"

namespace ridge::cli {

/// Returns the exit code.
[[nodiscard]] int collect(const CollectOptions& options);

/// The rows that would be collected, as text or as JSON events.
void printPlanned(const std::vector<supervisor::PlannedWork>& works, const db::Device& device, bool json);

}  // namespace ridge::cli
