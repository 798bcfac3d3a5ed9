// SPDX-License-Identifier: Apache-2.0
// Range mode: a range is not run again, so each of its occurrences collects one pass, in turn.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ridge::inject {

/// Occurrence i of a name collects pass i mod P. One thread at a time.
class RangeRotation {
 public:
    /// `passes` is that of the metric set on this device, at least 1.
    explicit RangeRotation(int passes);

    /// The pass, from 0, for the next occurrence of `name`.
    [[nodiscard]] int pass(const std::string& name) const;
    /// An occurrence was collected. True when every pass of `name` has now as many as any other: the passes
    /// of this round make one point.
    bool collected(const std::string& name);
    /// Its pass is lost (dropped, failed): the next occurrence collects it again.
    void lost(const std::string& name);

    struct Incomplete {
        std::string name;
        std::int64_t seen = 0;  ///< occurrences, lost ones too
        std::string reason;     ///< for the failed record of this name
    };
    /// Names that never were complete, in their order.
    [[nodiscard]] std::vector<Incomplete> incomplete() const;

 private:
    struct Progress {
        std::int64_t collected = 0, lost = 0;
    };
    int m_passes;
    std::map<std::string, Progress> m_names;
};

}  // namespace ridge::inject
