// SPDX-License-Identifier: Apache-2.0
// --lock-clocks of the commands that have it: which clock was asked for, and the locks of every GPU of a run.
#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>

#include "collector/supervisor/bench.hpp"
#include "collector/supervisor/clock_lock.hpp"

namespace ridge::cli {

/// MHz of --lock-clocks=MHZ; none for the flag alone ("true"), which means the data sheet's clock. Throws
/// ridge::Error (usage).
[[nodiscard]] std::optional<double> parsedClock(const std::string& text);

class ClockLocks {
 public:
    /// Throws what supervisor::ClockLock does; those already there stay.
    void add(const supervisor::Bench& bench, std::optional<double> mhz, std::chrono::milliseconds timeout);

    /// What the run is told apart by: "sm 1410 MHz", with commas where GPUs differ; empty without locks.
    [[nodiscard]] const std::string& text() const noexcept { return m_text; }

 private:
    std::list<supervisor::ClockLock> m_locks;
    std::string m_text;
};

}  // namespace ridge::cli
