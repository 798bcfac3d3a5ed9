// SPDX-License-Identifier: Apache-2.0
#include "collector/nvml/device.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>

#include "collector/nvml/clock_events.hpp"
#include "collector/nvml/error.hpp"
#include "db/model/device_uuid.hpp"

namespace ridge::nvml {
namespace {

/// What `function` writes behind its arguments; nullopt when the driver lacks it or it fails.
template <class Value, class... Parameters, class... Arguments>
std::optional<Value> ask(Status (*function)(Parameters...), Arguments... arguments) {
    Value value{};
    if (function == nullptr || function(arguments..., &value) != Status::success) return std::nullopt;
    return value;
}

std::optional<double> scaled(const std::optional<unsigned int>& value, double unit) {
    if (!value) return std::nullopt;
    return unit * *value;
}

std::optional<bool> isOn(const std::optional<int>& state) {
    if (!state) return std::nullopt;
    return *state != 0;
}

using ProcessList = Status (*)(DeviceHandle, unsigned int*, ProcessInfo*);

std::optional<std::vector<Process>> listed(ProcessList function, DeviceHandle handle) {
    if (function == nullptr) return std::nullopt;
    std::vector<ProcessInfo> infos(16);
    auto count = static_cast<unsigned int>(infos.size());
    Status status = function(handle, &count, infos.data());
    // Processes may start between two calls, so there is room for more than were counted.
    for (int tries = 0; status == Status::insufficientSize && tries < 4; ++tries) {
        infos.resize(2 * std::max<std::size_t>(count, infos.size()));
        count = static_cast<unsigned int>(infos.size());
        status = function(handle, &count, infos.data());
    }
    if (status != Status::success) return std::nullopt;
    infos.resize(std::min<std::size_t>(count, infos.size()));
    std::vector<Process> processes;
    for (const ProcessInfo& info : infos) {
        Process process{static_cast<int>(info.pid), std::nullopt};
        if (info.usedMemory != ~0ULL) process.memoryBytes = static_cast<std::int64_t>(info.usedMemory);
        processes.push_back(process);
    }
    return processes;
}

}  // namespace

Telemetry Device::telemetry() const {
    Telemetry now;
    now.smClockHz = scaled(ask<unsigned int>(m_api->clockInfo, m_handle, Clock::sm), 1e6);
    now.memoryClockHz = scaled(ask<unsigned int>(m_api->clockInfo, m_handle, Clock::memory), 1e6);
    now.temperatureC = scaled(ask<unsigned int>(m_api->temperature, m_handle, TemperatureSensor::gpu), 1);
    now.powerW = scaled(ask<unsigned int>(m_api->powerUsage, m_handle), 1e-3);
    now.clockEvents = ask<unsigned long long>(m_api->clockEventReasons, m_handle);
    return now;
}

void addTelemetry(const Telemetry& telemetry, db::Sample& sample) {
    sample.smClockHz = telemetry.smClockHz;
    sample.memoryClockHz = telemetry.memoryClockHz;
    sample.temperatureC = telemetry.temperatureC;
    sample.powerW = telemetry.powerW;
    if (telemetry.clockEvents) sample.throttle = clockEventText(*telemetry.clockEvents);
}

DeviceState Device::state() const {
    DeviceState state;
    MemoryInfo memory;
    const Status status =
        m_api->memoryInfo == nullptr ? Status::functionNotFound : m_api->memoryInfo(m_handle, &memory);
    state.lost = status == Status::gpuIsLost || status == Status::resetRequired;
    if (state.lost) return state;
    if (status == Status::success) {
        state.memoryBytes = static_cast<std::int64_t>(memory.total);
        state.freeMemoryBytes = static_cast<std::int64_t>(memory.free);
    }
    state.now = telemetry();
    state.maxSmClockHz = scaled(ask<unsigned int>(m_api->maxClockInfo, m_handle, Clock::sm), 1e6);
    state.maxMemoryClockHz = scaled(ask<unsigned int>(m_api->maxClockInfo, m_handle, Clock::memory), 1e6);
    state.powerLimitW = scaled(ask<unsigned int>(m_api->enforcedPowerLimit, m_handle), 1e-3);
    state.displayActive = displayActive();
    state.persistence = isOn(ask<int>(m_api->persistenceMode, m_handle));
    int ecc = 0;
    int pendingEcc = 0;
    if (m_api->eccMode != nullptr && m_api->eccMode(m_handle, &ecc, &pendingEcc) == Status::success) {
        state.ecc = ecc != 0;
        state.eccAfterReboot = pendingEcc != 0;
    }
    unsigned int mig = 0;
    unsigned int pendingMig = 0;
    if (m_api->migMode != nullptr && m_api->migMode(m_handle, &mig, &pendingMig) == Status::success)
        state.mig = mig != 0;
    state.virtualization = ask<Virtualization>(m_api->virtualizationMode, m_handle);
    state.compute = listed(m_api->computeProcesses, m_handle);
    state.graphics = listed(m_api->graphicsProcesses, m_handle);
    return state;
}

std::optional<double> Device::energyJ() const {
    const auto millijoules = ask<unsigned long long>(m_api->totalEnergy, m_handle);
    if (!millijoules) return std::nullopt;
    return 1e-3 * static_cast<double>(*millijoules);
}

std::optional<std::set<int>> Device::processes() const {
    const auto compute = listed(m_api->computeProcesses, m_handle);
    const auto graphics = listed(m_api->graphicsProcesses, m_handle);
    if (!compute && !graphics) return std::nullopt;
    std::set<int> pids;
    for (const auto* list : {&compute, &graphics}) {
        if (!*list) continue;
        for (const Process& process : **list) pids.insert(process.pid);
    }
    return pids;
}

std::optional<std::int64_t> Device::otherProcesses() const {
    auto pids = processes();
    if (!pids) return std::nullopt;
    if (pids->erase(::getpid()) == 0 && !pids->empty()) pids->erase(pids->begin());
    return static_cast<std::int64_t>(pids->size());
}

std::optional<bool> Device::displayActive() const {
    return isOn(ask<int>(m_api->displayActive, m_handle));
}

Nvml::Nvml(const Api& api) : m_api(api) {
    const Status status = m_api.init();
    if (status != Status::success) throw NvmlError(m_api, status, "initialising NVML");
}

Nvml::~Nvml() {
    static_cast<void>(m_api.shutdown());
}

Device Nvml::device(const std::string& uuid, const std::string& pciBusId) const {
    DeviceHandle handle = nullptr;
    // NVML may know an instance by its UUID, but has no clocks of it.
    Status status = db::isInstance(uuid) ? Status::notFound : m_api.handleByUuid(uuid.c_str(), &handle);
    if (status != Status::success && m_api.handleByPciBusId != nullptr && !pciBusId.empty())
        status = m_api.handleByPciBusId(pciBusId.c_str(), &handle);
    if (status != Status::success) throw NvmlError(m_api, status, "finding GPU " + uuid);
    return {m_api, handle};
}

SystemState Nvml::system() const {
    SystemState state;
    std::array<char, 96> version{};
    if (m_api.driverVersion != nullptr &&
        m_api.driverVersion(version.data(), static_cast<unsigned int>(version.size() - 1)) == Status::success)
        state.driver = version.data();
    if (const auto confidential = ask<ConfidentialState>(m_api.confidentialState))
        state.confidentialComputing = confidential->feature != 0;
    return state;
}

}  // namespace ridge::nvml
