// SPDX-License-Identifier: Apache-2.0
// What was seen of a GPU over a program's life, and what of it belongs to one measurement; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collector/inject/interval.hpp"
#include "db/model/point.hpp"

namespace ridge::supervisor {

/// One look at a GPU.
struct GpuReading {
    std::int64_t atNs = 0;  ///< inject::monotonicNs()
    db::Sample telemetry;   ///< without a time
    std::optional<std::int64_t> foreignProcesses;
    std::optional<bool> displayActive;
};

/// The looks that tell of one measurement; empty: nothing is known.
struct GpuSight {
    std::vector<db::Sample> telemetry;
    std::optional<std::int64_t> foreignProcesses;  ///< the most that were seen
    std::optional<bool> displayActive;             ///< in any of them
};

/// Adds to the record how many processes were seen at most, and whether a display was.
void addUsers(const GpuSight& sight, db::Record& record);

/// All looks in one: median clocks, highest temperature, mean power, every reason that held clocks down.
[[nodiscard]] db::Sample summaryOf(const GpuSight& sight);

/// Puts what was seen on a measured record, and sets its flags. A record with samples of its own, from an
/// unprofiled run, is flagged by them, because they are of its time; any other has no sample, so that what
/// was seen becomes metrics, see share/metrics/README.md.
void addSight(const GpuSight& sight, db::Record& record);

/// Its size is bounded, because programs run for days: when it is full, every two readings of its older half
/// become one.
class GpuLog {
 public:
    static constexpr std::size_t mostReadings = 1 << 17;  ///< about 20 MB; two hours at one every 50 ms

    /// In the order of their times.
    void add(GpuReading reading);
    [[nodiscard]] std::size_t size() const noexcept { return m_readings.size(); }
    [[nodiscard]] bool empty() const noexcept { return m_readings.empty(); }
    /// Of the last one; it is not empty().
    [[nodiscard]] std::int64_t lastNs() const { return m_readings.back().atNs; }

    /// The readings within the interval; where there is none, the nearest on either side that is no more than
    /// 100 ms away.
    [[nodiscard]] GpuSight during(const inject::Interval& interval) const;

 private:
    void thinOlderHalf();

    std::vector<GpuReading> m_readings;
};

}  // namespace ridge::supervisor
