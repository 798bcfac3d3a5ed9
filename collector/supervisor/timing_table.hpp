// SPDX-License-Identifier: Apache-2.0
// Times of an unprofiled first run, and which of them belongs to a launch of the profiled second one.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "collector/inject/event.hpp"
#include "collector/supervisor/gpu_log.hpp"
#include "db/model/point.hpp"

namespace ridge::supervisor {

/// A launch is known again by program, device, kernel and how often that kernel was launched before it; an
/// NVTX range by its name, and all its occurrences count. One thread at a time.
class TimingTable {
 public:
    /// `device` is the UUID; `sight` what was seen of it while the timed work ran.
    void add(const std::string& program, const std::string& device, const inject::Timing& timing,
             const GpuSight& sight = {});
    [[nodiscard]] bool empty() const noexcept { return m_times.empty(); }

    /// Replaces the record's time by that of the first run: median, interval and samples with what was seen
    /// beside them; other users of the device then are its users too. Where there is none
    /// that is certain the time is removed; returns why, empty when it was found.
    [[nodiscard]] std::string apply(const std::string& program, const std::string& device,
                                    const inject::LaunchKey& launch, db::Record& record) const;

 private:
    struct Time {
        std::string grid, block;
        std::vector<db::Sample> samples;
        GpuSight users;  ///< without telemetry, which is the samples'
    };
    using Key = std::tuple<std::string, std::string, std::string, std::int64_t>;
    [[nodiscard]] static Key keyOf(const std::string& program, const std::string& device,
                                   const inject::LaunchKey& launch);
    std::map<Key, Time> m_times;
};

}  // namespace ridge::supervisor
