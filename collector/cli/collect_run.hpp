// SPDX-License-Identifier: Apache-2.0
// Runs a checked collecting command: selects, measures or models, reports.
#pragma once

#include <string>
#include <vector>

#include "collector/cli/collect_options.hpp"
#include "collector/supervisor/modeling.hpp"

namespace ridge::cli {

/// Returns the exit code.
[[nodiscard]] int collect(const CollectOptions& options);

/// The rows that would be collected, as text or as JSON events.
void printPlanned(const std::vector<supervisor::PlannedWork>& works, const db::Device& device, bool json);

/// Tells on standard error what became of the points, and the next command.
void summarize(const std::vector<supervisor::PlannedWork>& works, const CollectOptions& options,
               const supervisor::Tally& tally, const std::string& devices, double seconds, bool interrupted);

}  // namespace ridge::cli
