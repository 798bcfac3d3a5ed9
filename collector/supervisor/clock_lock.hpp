// SPDX-License-Identifier: Apache-2.0
// Keeps the SM clock of a GPU at one value for as long as a run lasts, and gives it back on every way out.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "collector/supervisor/protocol.hpp"
#include "collector/supervisor/worker_process.hpp"

namespace ridge::supervisor {

/// The clock is held by a worker of its own, which does nothing else. It resets it when told to or when its
/// input ends, which it does with this process however that ends; workers that measure may crash or be killed
/// meanwhile. If the holder itself is killed, another one resets the clock at the end.
class ClockLock {
 public:
    /// Locks `mhz`, else the clock that the device's data sheet quotes its peaks for, else a middle one; for
    /// an instance of a partitioned GPU, that of the GPU.
    /// Throws ridge::Error: notPermitted, usage for `mhz` out of range, failed.
    ClockLock(const std::filesystem::path& worker, const protocol::DescribeReply& described,
              std::optional<double> mhz, std::chrono::milliseconds timeout);
    ClockLock(const ClockLock&) = delete;
    ClockLock& operator=(const ClockLock&) = delete;
    /// Takes at most eight seconds; says on standard error when the clock could not be reset.
    ~ClockLock();

    /// "sm 1410 MHz": the text that tells runs with locked clocks apart.
    [[nodiscard]] const std::string& text() const noexcept { return m_text; }

 private:
    void unlock() noexcept;

    WorkerProcess m_holder;
    std::string m_uuid, m_pciBusId, m_text;
};

}  // namespace ridge::supervisor
