// SPDX-License-Identifier: Apache-2.0
// Machines as the doctor finds them: one for everything that can be wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/doctor/preflight.hpp"

namespace ridge::test {

inline constexpr std::uint64_t sysAdmin = 1ULL << 21, perfmon = 1ULL << 38;  // linux/capability.h

struct Situation {
    std::string name;
    doctor::MachineFacts machine;
    doctor::LibraryFacts libraries;
};

/// Two idle H100, driver R580, libcupti, counters for administrators, and a session that was allowed.
[[nodiscard]] Situation measuring(std::string name);
/// The same, with a session that CUPTI refused.
[[nodiscard]] Situation refused(std::string name, CUptiResult result);
/// Without libcupti there is no gate and no session.
[[nodiscard]] Situation withoutCupti(std::string name);
[[nodiscard]] Situation noDriver(std::string name);
/// A driver that works and finds no device.
[[nodiscard]] Situation noDevice(std::string name);

/// All of them, a machine that measures first.
[[nodiscard]] std::vector<Situation> situations();

}  // namespace ridge::test
