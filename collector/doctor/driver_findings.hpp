// SPDX-License-Identifier: Apache-2.0
// Findings about what every measurement needs: the driver, the device, CUPTI.
#pragma once

#include "collector/doctor/finding.hpp"
#include "collector/doctor/preflight.hpp"

namespace ridge::doctor {

/// True where libcuda and the kernel module are there and initialize.
[[nodiscard]] bool driverWorks(const MachineFacts& machine, const LibraryFacts& libraries);

[[nodiscard]] Finding driverFinding(const MachineFacts& machine, const LibraryFacts& libraries);
[[nodiscard]] Finding deviceFinding(const MachineFacts& machine, const LibraryFacts& libraries);
[[nodiscard]] Finding cuptiFinding(const LibraryFacts& libraries);

}  // namespace ridge::doctor
