// SPDX-License-Identifier: Apache-2.0
// Device times of launches, kept until the end of a program, when the order of its calls is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collector/inject/activity_log.hpp"
#include "collector/inject/event.hpp"
#include "collector/inject/launch_record.hpp"
#include "collector/inject/selection.hpp"

namespace ridge::inject {

/// How many of the first launches of a kernel on a device a run with counters can choose from; nullopt: all.
[[nodiscard]] std::optional<std::size_t> mostChoosable(const Options& options);

/// 24 bytes a launch that is kept. Any thread may call.
class LaunchTimes {
 public:
    /// Of each kernel on a device the first `most` launches are kept. `selection` outlives this.
    LaunchTimes(const KernelSelection& selection, std::optional<std::size_t> most);

    /// Kernels that do not match and those of graphs are only counted.
    void add(const CUpti_Activity& record);
    [[nodiscard]] Counts counts() const;

    /// Forgets what was kept, and tells of each launch of it that has a time: kernel by kernel, the launches
    /// of one on a device in the order of the program's calls, each with its place among them, as
    /// KernelRecorder counts them. `toMonotonicNs` is ActivityLog's.
    void tell(std::optional<std::int64_t> toMonotonicNs, const std::function<void(const Timing&)>& told);

 private:
    struct Launch {
        std::uint32_t correlation = 0;         ///< grows with the calls of the program
        std::uint32_t shape = 0;               ///< of m_shapes
        std::uint64_t startNs = 0, endNs = 0;  ///< 0 where CUPTI could not take the time
    };
    using Launches = std::deque<Launch>;  ///< grows without a copy; with m_most: a heap, its last on top
    using Matches = std::map<std::string, bool, std::less<>>;

    [[nodiscard]] static bool isBefore(const Launch& a, const Launch& b) noexcept {
        return a.correlation < b.correlation;
    }
    void keep(Launches& launches, const Launch& launch) const;
    [[nodiscard]] std::uint32_t shapeOf(const LaunchShape& shape);

    const KernelSelection& m_selection;
    const std::optional<std::size_t> m_most;
    mutable std::mutex m_mutex;
    Counts m_counts;
    Matches m_matches;  ///< by mangled name
    std::map<LaunchShape, std::uint32_t> m_shapeIds;
    std::vector<LaunchShape> m_shapes;
    std::map<std::pair<int, const std::string*>, Launches> m_launches;
};

}  // namespace ridge::inject
