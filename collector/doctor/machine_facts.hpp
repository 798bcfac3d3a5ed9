// SPDX-License-Identifier: Apache-2.0
// What a machine says about its NVIDIA driver and who uses the counters, read from /proc alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ridge::doctor {

/// A process that is known to read GPU counters.
struct Holder {
    std::string name;
    int pid = 0;
};

struct MachineFacts {
    std::string kernelDriver;        ///< release of the loaded module, "580.65.06"; empty: none is loaded
    std::optional<bool> adminOnly;   ///< RmProfilingAdminOnly; nullopt: the module does not say
    std::uint64_t capabilities = 0;  ///< effective, of this process, as bits of linux/capability.h
    std::vector<Holder> holders;     ///< by pid
    std::string injection;           ///< CUDA_INJECTION64_PATH of this process; empty: none
};

/// `root`: "/" outside of tests. What cannot be read is absent.
[[nodiscard]] MachineFacts readMachine(const std::filesystem::path& root = "/");

/// 580 of "580.65.06"; 0 where there is no number.
[[nodiscard]] int branchOf(const std::string& driverRelease);

}  // namespace ridge::doctor
