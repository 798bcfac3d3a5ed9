// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/clock_holder.hpp"

#include <csignal>

#include "collector/nvml/error.hpp"
#include "db/model/device_uuid.hpp"
#include "db/model/error.hpp"

namespace ridge::worker {
namespace {

const nvml::Api& apiOf(const nvml::Library& library) {
    if (library.api) return *library.api;
    throw Error(ExitCode::failed, "clocks cannot be locked: " + library.reason,
                "install the driver's libnvidia-ml (package libnvidia-ml1), or leave out --lock-clocks");
}

}  // namespace

ClockHolder::ClockHolder(const nvml::Library& library, const std::string& uuid, const std::string& pciBusId)
    : m_nvml(apiOf(library)), m_device(m_nvml.device(uuid, pciBusId)), m_isInstance(db::isInstance(uuid)) {}

double ClockHolder::lock(const protocol::ClockWish& wish) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
    m_lock.reset();
    try {
        m_lock.emplace(m_device, nvml::ClockWish{wish.mhz, wish.named});
    } catch (const nvml::NvmlError& error) {
        if (!m_isInstance || error.status() != nvml::Status::notSupported) throw;
        throw Error(ExitCode::failed, error.what(),
                    "the driver locks no clock of this GPU while it is partitioned: leave out --lock-clocks");
    }
    return m_lock->hz();
}

void ClockHolder::unlock() {
    nvml::resetClocks(m_device);
    m_lock.reset();
}

}  // namespace ridge::worker
