// SPDX-License-Identifier: Apache-2.0
// Findings about the GPU's own state, as NVML tells it: modes, users, memory, clocks. Almost all are advice.
#pragma once

#include <vector>

#include "collector/doctor/finding.hpp"
#include "collector/doctor/preflight.hpp"

namespace ridge::doctor {

/// mig, virtual, confidential, sharing, memory, clocks, throttling, persistence, ecc; where NVML tells
/// nothing of the GPU, one finding `state` that says why.
[[nodiscard]] std::vector<Finding> gpuFindings(const MachineFacts& machine, const LibraryFacts& libraries);

}  // namespace ridge::doctor
