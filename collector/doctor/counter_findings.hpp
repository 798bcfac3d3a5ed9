// SPDX-License-Identifier: Apache-2.0
// Findings about the counters: who may read them, and who holds them.
#pragma once

#include "collector/doctor/finding.hpp"
#include "collector/doctor/preflight.hpp"

namespace ridge::doctor {

[[nodiscard]] Finding permissionFinding(const MachineFacts& machine, const LibraryFacts& libraries);
[[nodiscard]] Finding holdersFinding(const MachineFacts& machine, const LibraryFacts& libraries);

}  // namespace ridge::doctor
