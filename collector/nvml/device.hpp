// SPDX-License-Identifier: Apache-2.0
// What NVML says of a GPU and its driver; what it does not say is absent.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/nvml/api.hpp"
#include "db/model/point.hpp"

namespace ridge::nvml {

struct Process {
    int pid = 0;
    std::optional<std::int64_t> memoryBytes;
};

/// What changes from one repetition to the next: six quick calls.
struct Telemetry {
    std::optional<double> smClockHz, memoryClockHz, temperatureC, powerW;
    std::optional<std::uint64_t> clockEvents;  ///< bits, see clock_events.hpp
};

/// What a sample of work that ran by then says of the device.
void addTelemetry(const Telemetry& telemetry, db::Sample& sample);

/// What a person asks about a device.
struct DeviceState {
    Telemetry now;
    std::optional<double> maxSmClockHz, maxMemoryClockHz, powerLimitW;
    std::optional<std::int64_t> memoryBytes, freeMemoryBytes;
    std::optional<bool> displayActive, persistence, ecc, eccAfterReboot, mig;
    std::optional<Virtualization> virtualization;
    std::optional<std::vector<Process>> compute, graphics;  ///< of other users too, as far as they are shown
    bool lost = false;  ///< the GPU has fallen off the bus or needs a reset: everything else is absent
};

struct SystemState {
    std::optional<std::string> driver;  ///< "580.65.06"
    std::optional<bool> confidentialComputing;
};

/// One GPU; valid as long as its Nvml. A function that is missing or fails leaves its value absent.
class Device {
 public:
    Device(const Api& api, DeviceHandle handle) : m_api(&api), m_handle(handle) {}

    [[nodiscard]] Telemetry telemetry() const;
    [[nodiscard]] DeviceState state() const;
    /// Joules since the driver was loaded, in steps of a millijoule that the driver adds up every 20 to 100
    /// ms.
    [[nodiscard]] std::optional<double> energyJ() const;
    /// Those that compute or draw on the GPU, each once, this one too; nullopt when neither list is told.
    [[nodiscard]] std::optional<std::set<int>> processes() const;
    /// Processes that compute or draw on the GPU besides this one, which must have a context there: in a
    /// container NVML lists it under its number outside, so that where its own number is missing one entry is
    /// taken for it. nullopt when neither list is told.
    [[nodiscard]] std::optional<std::int64_t> otherProcesses() const;
    [[nodiscard]] std::optional<bool> displayActive() const;

    [[nodiscard]] const Api& api() const noexcept { return *m_api; }
    [[nodiscard]] DeviceHandle handle() const noexcept { return m_handle; }

 private:
    const Api* m_api;
    DeviceHandle m_handle;
};

/// NVML, initialised for as long as this exists.
class Nvml {
 public:
    /// Throws NvmlError (noGpu without a loaded driver). `api` must outlive this.
    explicit Nvml(const Api& api);
    Nvml(const Nvml&) = delete;
    Nvml& operator=(const Nvml&) = delete;
    ~Nvml();

    /// The GPU with this UUID ("GPU-…"), else the one at `pciBusId` ("0000:3b:00.0", empty: not known): an
    /// instance of a partitioned GPU ("MIG-…") is found by its parent's address only. Throws NvmlError.
    [[nodiscard]] Device device(const std::string& uuid, const std::string& pciBusId = {}) const;
    [[nodiscard]] SystemState system() const;

 private:
    const Api& m_api;
};

}  // namespace ridge::nvml
