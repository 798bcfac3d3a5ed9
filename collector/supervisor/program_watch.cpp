// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/program_watch.hpp"

#include <algorithm>
#include <utility>

#include "db/model/error.hpp"

namespace ridge::supervisor {
namespace {

constexpr std::int64_t dueNs = 50'000'000, closestNs = 5'000'000;
constexpr std::uint64_t idleBit = 1;  // nvmlClocksEventReasonGpuIdle

}  // namespace

ProgramWatch::ProgramWatch(std::function<const nvml::Library&()> library, Clock clock)
    : m_library(std::move(library)), m_clock(std::move(clock)) {}

void ProgramWatch::begin(pid_t program) {
    m_own.begin(program);
    for (auto& [uuid, gpu] : m_gpus) gpu.processes = 0;
}

void ProgramWatch::use(const std::string& uuid, const std::string& pciBusId) {
    const auto [known, isNew] = m_gpus.try_emplace(uuid);
    if (isNew) known->second.device = find(uuid, pciBusId);
    ++known->second.processes;
    lookNow();
}

void ProgramWatch::leave(const std::string& uuid) {
    const auto known = m_gpus.find(uuid);
    if (known != m_gpus.end() && known->second.processes > 0) --known->second.processes;
}

std::optional<nvml::Device> ProgramWatch::find(const std::string& uuid, const std::string& pciBusId) {
    try {
        const nvml::Library& library = m_library();
        if (!library.api) return std::nullopt;
        if (!m_nvml) m_nvml.emplace(*library.api);
        return m_nvml->device(uuid, pciBusId);
    } catch (const Error&) {  // no clocks then, and no flags that need them
        return std::nullopt;
    }
}

std::chrono::milliseconds ProgramWatch::untilDue() const {
    std::optional<std::int64_t> due;
    for (const auto& [uuid, gpu] : m_gpus) {
        if (!gpu.device || gpu.processes == 0) continue;
        const std::int64_t next = gpu.log.empty() ? 0 : gpu.log.lastNs() + dueNs;
        due = std::min(due.value_or(next), next);
    }
    if (!due) return std::chrono::milliseconds(-1);
    // Rounded up: poll() would wake a millisecond early again and again.
    const auto left = std::chrono::nanoseconds(std::max<std::int64_t>(*due - m_clock(), 0));
    return std::chrono::ceil<std::chrono::milliseconds>(left);
}

void ProgramWatch::lookIfDue() {
    look(dueNs);
}

void ProgramWatch::lookNow() {
    look(closestNs);
}

void ProgramWatch::look(std::int64_t apartNs) {
    for (auto& [uuid, gpu] : m_gpus) {
        if (!gpu.device || gpu.processes == 0) continue;
        const std::int64_t now = m_clock();
        if (gpu.log.empty() || now - gpu.log.lastNs() >= apartNs) gpu.log.add(read(gpu, now));
    }
}

GpuReading ProgramWatch::read(const Gpu& gpu, std::int64_t now) {
    GpuReading reading;
    reading.atNs = now;
    const nvml::Telemetry telemetry = gpu.device->telemetry();
    nvml::addTelemetry(telemetry, reading.telemetry);
    // Between launches clocks may fall: that is no clock of what was measured.
    if ((telemetry.clockEvents.value_or(0) & idleBit) != 0) reading.telemetry.smClockHz.reset();
    if (const auto listed = gpu.device->processes())
        reading.foreignProcesses = m_own.foreignAmong(*listed, gpu.processes);
    reading.displayActive = gpu.device->displayActive();
    return reading;
}

GpuSight ProgramWatch::during(const std::string& uuid,
                              const std::optional<inject::Interval>& interval) const {
    const auto known = m_gpus.find(uuid);
    if (known == m_gpus.end() || !interval) return {};
    return known->second.log.during(*interval);
}

}  // namespace ridge::supervisor
