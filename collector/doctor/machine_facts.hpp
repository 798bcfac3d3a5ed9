// SPDX-License-Identifier: Apache-2.0
// What a machine says about its NVIDIA driver, the container this runs in and who uses the counters, read
// from /proc, /sys and /dev alone.
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

/// What this process is closed into; `other` is a container that does not say which.
enum class Container { none, docker, podman, kubernetes, apptainer, lxc, other };

struct MachineFacts {
    std::string kernelDriver;            ///< release of the loaded module, "580.65.06"; empty: none is loaded
    std::optional<bool> adminOnly;       ///< RmProfilingAdminOnly; nullopt: the module does not say
    std::uint64_t capabilities = 0;      ///< effective, of this process, as bits of linux/capability.h
    std::vector<Holder> holders;         ///< by pid, this process left out
    std::string injection;               ///< CUDA_INJECTION64_PATH of this process; empty: none
    std::optional<std::string> visible;  ///< CUDA_VISIBLE_DEVICES of this process
    Container container = Container::none;
    int gpusOnBus = 0;     ///< NVIDIA display controllers on the PCI bus; 0 also where /sys does not show it
    int deviceNodes = 0;   ///< /dev/nvidia0, /dev/nvidia1, ...
    bool nouveau = false;  ///< the free driver is loaded, which keeps NVIDIA's away from the GPU
    bool jetson = false;   ///< its driver comes with JetPack; the older ones count Jetson Linux, "35.3.1"
    bool wsl = false;      ///< Linux under Windows: the driver is Windows', /proc and /dev show none of it
};

/// `root`: "/" outside of tests. What cannot be read is absent.
[[nodiscard]] MachineFacts readMachine(const std::filesystem::path& root = "/");

/// "python3"; at most 15 characters are kept by the kernel. Empty where there is no such process.
[[nodiscard]] std::string processName(int pid, const std::filesystem::path& root = "/");

/// 580 of "580.65.06"; 0 where there is no number.
[[nodiscard]] int branchOf(const std::string& driverRelease);

}  // namespace ridge::doctor
