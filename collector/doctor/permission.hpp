// SPDX-License-Identifier: Apache-2.0
// Who may read the GPU's counters, by the driver's parameter and this process's capabilities alone.
#pragma once

#include <optional>
#include <string>

#include "collector/doctor/finding.hpp"
#include "collector/doctor/machine_facts.hpp"

namespace ridge::doctor {

/// The capability that opens counters for administrators to this process; empty where it has none.
[[nodiscard]] std::string openingCapability(const MachineFacts& machine);

/// That they are closed to this process, why, and what opens them: for one that was refused.
[[nodiscard]] Finding closedCounters(const MachineFacts& machine);

/// The same for one that would be refused; nullopt where it would not, or where the driver's parameters are
/// not to be read, as under WSL and in some containers.
[[nodiscard]] std::optional<Finding> foreseenDenial(const MachineFacts& machine);

}  // namespace ridge::doctor
