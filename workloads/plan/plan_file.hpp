// SPDX-License-Identifier: Apache-2.0
// Reads a plan's TOML and refuses whatever could not be run, at its line and column.
#pragma once

#include <filesystem>

#include "workloads/plan/plan.hpp"

namespace ridge::plan {

/// Throws ridge::Error (usage) FILE:LINE:COLUMN for what does not parse or does not fit, (failed) when the
/// file cannot be read.
[[nodiscard]] Plan readPlan(const std::filesystem::path& file);

}  // namespace ridge::plan
