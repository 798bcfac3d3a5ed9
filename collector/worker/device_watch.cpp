// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/device_watch.hpp"

#include <fmt/core.h>

#include <cstdio>

#include "db/model/error.hpp"

namespace ridge::worker {
namespace {

constexpr std::chrono::milliseconds betweenReadings{5};

}  // namespace

DeviceWatch::DeviceWatch(const nvml::Library& library, const std::string& uuid, const std::string& pciBusId) {
    std::string reason = library.reason;
    if (library.api) {
        try {
            m_nvml.emplace(*library.api);
            m_device = m_nvml->device(uuid, pciBusId);
        } catch (const Error& error) {
            reason = error.what();
        }
    }
    if (!m_device) fmt::print(stderr, "ridge-worker: no clocks, power or energy: {}\n", reason);
}

void DeviceWatch::addTelemetry(db::Sample& sample) {
    const auto now = std::chrono::steady_clock::now();
    if (!m_device || (m_read && now - *m_read < betweenReadings)) return;
    m_read = now;
    nvml::addTelemetry(m_device->telemetry(), sample);
}

void DeviceWatch::addUsers(std::map<std::string, double>& metrics) const {
    if (!m_device) return;
    if (const auto others = m_device->otherProcesses())
        metrics[foreignProcessesMetric] = static_cast<double>(*others);
    if (const auto display = m_device->displayActive()) metrics[displayActiveMetric] = *display ? 1 : 0;
}

std::optional<double> DeviceWatch::energyJ() const {
    return m_device ? m_device->energyJ() : std::nullopt;
}

}  // namespace ridge::worker
