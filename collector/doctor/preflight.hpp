// SPDX-License-Identifier: Apache-2.0
// May this machine measure? What stops it, and what lifts it, before any work is done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/cupti/gate.hpp"
#include "collector/doctor/finding.hpp"
#include "collector/doctor/machine_facts.hpp"
#include "collector/nvml/device.hpp"

namespace ridge::doctor {

/// Another process that computes or draws on the GPU.
struct GpuUser {
    std::string name;  ///< empty where /proc does not tell: in a container the number is the host's
    int pid = 0;
    std::optional<std::int64_t> memoryBytes;
};

/// What the libraries say; with MachineFacts all that the findings are made from.
struct LibraryFacts {
    bool cudaLibrary = false;         ///< libcuda.so.1 was loaded
    int cudaVersion = 0;              ///< the newest that libcuda runs, 13000; 0: not told
    std::string nvmlDriver;           ///< the driver's release as NVML tells it; empty: it does not
    int device = 0, deviceCount = 0;  ///< the one asked for, and how many there are
    std::string uuid;                 ///< the one asked for, as it was named; empty: by its index
    std::string deviceName, chip;     ///< empty: not told
    int computeCapability = 0;        ///< 90 for 9.0; 0: not told

    std::string cuptiPath, cuptiVersion;
    std::optional<Error> cuptiError;  ///< why libcupti is not there

    std::optional<cupti::Gate> gate;            ///< nullopt without libcupti
    bool sessionTried = false;                  ///< a session was set up and started on the device ...
    std::optional<Error> sessionError;          ///< ... and this is how it was refused
    CUptiResult sessionResult = CUPTI_SUCCESS;  ///< ... with this, unless it was not CUPTI that refused

    std::optional<nvml::DeviceState> gpu;  ///< before the session was tried
    std::string noState;                   ///< why there is no `gpu`
    std::vector<GpuUser> users;            ///< by pid, this process left out
    std::optional<bool> confidential;      ///< confidential computing is on
};

/// Passes the gate, which tells a machine without a driver from one that refuses, and starts and stops the
/// counters once: what becomes of it is in `facts`. Throws nothing but what memory allocation does.
void trySession(const cupti::Api& api, const cupti::Driver* driver, LibraryFacts& facts);

/// Asks libcuda, NVML, libcupti and, where the gate is open, the device itself; runs nothing on it.
[[nodiscard]] LibraryFacts askLibraries(int device);

/// The processes of `gpu`, each once; named by /proc unless `machine` is a container.
[[nodiscard]] std::vector<GpuUser> usersOf(const nvml::DeviceState& gpu, const MachineFacts& machine,
                                           const std::filesystem::path& root = "/");

/// The session was refused for want of permission, or because somebody else has the counters.
[[nodiscard]] bool concernsPermission(const LibraryFacts& libraries);
[[nodiscard]] bool concernsHolders(const LibraryFacts& libraries);

/// One finding each: driver, device, cupti, permission, holders, container; then gpuFindings.
[[nodiscard]] std::vector<Finding> findings(const MachineFacts& machine, const LibraryFacts& libraries);

/// The findings of this machine and one of its GPUs; `uuid`: how that was asked for, where CUDA shows this
/// process no other. Throws nothing but what memory allocation does: what fails is a finding.
[[nodiscard]] Preflight preflight(int device, const std::string& uuid = {});

}  // namespace ridge::doctor
