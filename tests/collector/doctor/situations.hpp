// SPDX-License-Identifier: Apache-2.0
// Machines as the doctor finds them: one for everything that can be wrong. All are written by hand, from:
// - no driver: tests/cupti/preflight_test.cpp holds it against what the libraries really say, wherever there
// is none
// - /proc, /sys, /dev: tests/collector/doctor/machine_facts_test.cpp, with lines of real machines and their
// sources
// - WSL: no module, no /dev/nvidia*, the driver is Windows' (NVIDIA/nvidia-container-toolkit #1782 on GitHub)
// - Jetson: nix-community/nixGL #139 (JetPack 5), modular/mojo-gpu-puzzles #257 (540.4.0, CUDA 12.6, JetPack
// 6)
// - statuses and their numbers: cuda.h, cupti_result.h; the words of CUPTI's refusals are the gate's own
// - the GPU's state, bits of its clock events: the NVML API reference; figures of an H100: its data sheet
// Nothing of a GPU that refuses or is shared was recorded on one.
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
