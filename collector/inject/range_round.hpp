// SPDX-License-Identifier: Apache-2.0
// Range mode: a range is not run again, so each of its occurrences collects one pass, in turn, and a round of
// them makes one row. What a row holds before its round is whole, and after.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "collector/inject/interval.hpp"
#include "collector/metrics/evaluate.hpp"
#include "db/model/point.hpp"

namespace ridge::inject {

/// What one occurrence collected.
struct RangePass {
    std::map<std::string, double> values;
    std::vector<db::Kernel> kernels;
    Interval during;
    bool isCold = true;
};

/// What the row of a round says.
struct RangeVerdict {
    db::Status status = db::Status::ok;
    std::string reason;              ///< why it failed, or has no FLOPs
    metrics::Evaluation evaluation;  ///< without FLOPs where they are not certain
    bool isLast = true;              ///< false: the next occurrence may tell more
};

/// All occurrences of a round launch the same kernels: only then do their passes belong together. One thread
/// at a time.
class RangeRound {
 public:
    /// `passes`: those of the metric set on this device, at least 1.
    explicit RangeRound(std::size_t passes);

    /// How many passes there are so far, which is the number of the next one.
    [[nodiscard]] std::size_t collected() const noexcept { return m_collected; }
    /// Every pass of the metric set is there: one more can only tell what the tensor pipe did.
    [[nodiscard]] bool isWhole() const noexcept { return m_collected >= m_passes; }
    /// The same kernels as often as in the round so far; grids may grow with the program's state.
    [[nodiscard]] bool isSameWork(const std::vector<db::Kernel>& kernels) const;
    void add(RangePass pass);
    /// Forgets what was collected.
    void restart() { *this = RangeRound(m_passes); }

    /// `evaluation` is that of values(). `canAskPipe`: one occurrence more can count what the tensor pipe
    /// executes. A quantity is known once all its counters are; FLOPs not before the round is whole, as only
    /// then nothing can contradict them.
    [[nodiscard]] RangeVerdict judge(metrics::Evaluation evaluation, const metrics::Resolution& resolution,
                                     bool canAskPipe) const;
    /// Why a round that is not whole lacks the rest: `why` it ended, and what to do.
    [[nodiscard]] std::string incomplete(const std::string& why) const;

    [[nodiscard]] const std::map<std::string, double>& values() const noexcept { return m_values; }
    /// Of the latest occurrence.
    [[nodiscard]] const std::vector<db::Kernel>& kernels() const noexcept { return m_kernels; }
    /// From the begin of the first occurrence to the end of the latest.
    [[nodiscard]] Interval during() const noexcept { return m_during; }
    /// The caches were flushed before each occurrence.
    [[nodiscard]] bool isCold() const noexcept { return m_isCold; }
    /// Every occurrence launched its kernels in the same order with the same grids and blocks.
    [[nodiscard]] bool hasSameGrids() const noexcept { return m_hasSameGrids; }

 private:
    std::size_t m_passes, m_collected = 0;
    std::map<std::string, double> m_values;
    std::vector<db::Kernel> m_kernels;
    Interval m_during;
    bool m_isCold = true, m_hasSameGrids = true;
};

}  // namespace ridge::inject
