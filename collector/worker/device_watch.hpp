// SPDX-License-Identifier: Apache-2.0
// Watches the GPU that is measured: clocks, power and throttling beside every sample, and who else uses it.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "collector/metrics/flags.hpp"
#include "collector/nvml/device.hpp"
#include "db/model/point.hpp"

namespace ridge::worker {

using metrics::displayActiveMetric;
using metrics::foreignProcessesMetric;

/// Without NVML, or where it tells nothing, nothing is added. Each call takes tens of microseconds to a few
/// milliseconds of the host's time: keep them out of what is timed.
class DeviceWatch {
 public:
    /// The GPU with this UUID or address; `library` must outlive this. Never throws for an NVML that is not
    /// there or refuses: it says so on standard error.
    DeviceWatch(const nvml::Library& library, const std::string& uuid, const std::string& pciBusId);

    /// Fills what the sample says of the device, unless the last reading was less than 5 ms ago.
    void addTelemetry(db::Sample& sample);
    /// Adds the number of other processes on the GPU and whether it drives a display.
    void addUsers(std::map<std::string, double>& metrics) const;
    /// Joules on a counter that only grows; nullopt where there is none.
    [[nodiscard]] std::optional<double> energyJ() const;

 private:
    std::optional<nvml::Nvml> m_nvml;
    std::optional<nvml::Device> m_device;
    std::optional<std::chrono::steady_clock::time_point> m_read;
};

}  // namespace ridge::worker
