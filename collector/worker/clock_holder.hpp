// SPDX-License-Identifier: Apache-2.0
// The part of a worker that holds a GPU's clock for a whole run, whatever becomes of the workers that
// measure.
#pragma once

#include <optional>
#include <string>

#include "collector/nvml/clock_lock.hpp"
#include "collector/supervisor/protocol.hpp"

namespace ridge::worker {

/// Uses NVML alone, never CUDA: the process that holds the clock does not share the fate of one that
/// measures. It ends, and so gives the clock back, when its supervisor closes its input or is killed, and no
/// signal that is sent to a whole job ends it before.
class ClockHolder {
 public:
    /// On the GPU that nvml::Nvml finds by these, the whole of it also where they name an instance;
    /// `library` must outlive this. Throws ridge::Error without NVML, a driver or the GPU.
    ClockHolder(const nvml::Library& library, const std::string& uuid, const std::string& pciBusId);

    /// The clock it is now, in Hz. From here on SIGTERM, SIGINT and SIGHUP are ignored. Throws as
    /// nvml::ClockLock does, failed also for a partitioned GPU that has no clock to lock; replaces a lock
    /// that is held.
    [[nodiscard]] double lock(const protocol::ClockWish& wish);
    /// Resets the clock also where another process set it and was killed. Throws nvml::NvmlError.
    void unlock();

 private:
    nvml::Nvml m_nvml;
    nvml::Device m_device;
    bool m_isInstance;
    std::optional<nvml::ClockLock> m_lock;
};

}  // namespace ridge::worker
