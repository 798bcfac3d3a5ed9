// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/clock_holder.hpp"

#include <csignal>

#include "db/model/error.hpp"

namespace ridge::worker {
namespace {

const nvml::Api& apiOf(const nvml::Library& library) {
    if (library.api) return *library.api;
    throw Error(ExitCode::failed, "clocks cannot be locked: " + library.reason,
                "install the driver's libnvidia-ml (package libnvidia-ml1), or leave out --lock-clocks");
}

}  // namespace

ClockHolder::ClockHolder(const nvml::Library& library, const std::string& uuid)
    : m_nvml(apiOf(library)), m_device(m_nvml.device(uuid)) {}

double ClockHolder::lock(const protocol::ClockWish& wish) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
    m_lock.reset();
    m_lock.emplace(m_device, nvml::ClockWish{wish.mhz, wish.named});
    return m_lock->hz();
}

void ClockHolder::unlock() {
    nvml::resetClocks(m_device);
    m_lock.reset();
}

}  // namespace ridge::worker
