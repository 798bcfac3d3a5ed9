// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_times.hpp"

#include <algorithm>
#include <utility>

namespace ridge::inject {
namespace {

/// Threads that launch a kernel at once may take their places of --count in another order than its launches'.
constexpr std::size_t mostAtOnce = 1024;

unsigned extent(std::int32_t value) {
    return static_cast<unsigned>(value);
}

LaunchShape shapeIn(const ActivityKernel& record) {
    return {{extent(record.gridX), extent(record.gridY), extent(record.gridZ)},
            {extent(record.blockX), extent(record.blockY), extent(record.blockZ)}};
}

}  // namespace

std::optional<std::size_t> mostChoosable(const Options& options) {
    // A launch takes a place of --skip and --count for each launch of its kernel before it, unless --nvtx
    // lets some pass that take none.
    if (!options.count || !options.nvtx.empty()) return std::nullopt;
    static constexpr std::int64_t noLimit = std::int64_t{1} << 40;  // of which the sum is a number still
    const auto places = [](std::int64_t count) { return std::clamp<std::int64_t>(count, 0, noLimit); };
    return static_cast<std::size_t>(places(options.skip) + places(*options.count)) + mostAtOnce;
}

LaunchTimes::LaunchTimes(const KernelSelection& selection, std::optional<std::size_t> most)
    : m_selection(selection), m_most(most) {}

void LaunchTimes::add(const CUpti_Activity& activity) {
    if (activity.kind != CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL) return;
    const auto& record = reinterpret_cast<const ActivityKernel&>(activity);
    const std::string_view name = record.name == nullptr ? "" : record.name;
    const std::lock_guard lock(m_mutex);
    auto known = m_matches.find(name);
    if (known == m_matches.end()) known = m_matches.emplace(name, m_selection.describe(name).matches).first;
    ++m_counts.launches;
    if (!known->second) return;
    ++m_counts.matched;
    if (record.graphNodeId != 0) return;
    keep(m_launches[{static_cast<int>(record.deviceId), &known->first}],
         {record.correlationId, shapeOf(shapeIn(record)), record.start, record.end});
}

void LaunchTimes::keep(Launches& launches, const Launch& launch) const {
    launches.push_back(launch);
    if (!m_most) return;
    std::push_heap(launches.begin(), launches.end(), isBefore);
    if (launches.size() <= *m_most) return;
    std::pop_heap(launches.begin(), launches.end(), isBefore);
    launches.pop_back();
}

std::uint32_t LaunchTimes::shapeOf(const LaunchShape& shape) {
    const auto [known, isNew] = m_shapeIds.try_emplace(shape, static_cast<std::uint32_t>(m_shapes.size()));
    if (isNew) m_shapes.push_back(shape);
    return known->second;
}

Counts LaunchTimes::counts() const {
    const std::lock_guard lock(m_mutex);
    return m_counts;
}

void LaunchTimes::tell(std::optional<std::int64_t> toMonotonicNs,
                       const std::function<void(const Timing&)>& told) {
    // A program's thread that goes on until the very end may still add.
    std::unique_lock lock(m_mutex);
    auto kept = std::exchange(m_launches, {});
    const std::vector<LaunchShape> shapes = m_shapes;
    lock.unlock();
    for (auto& [kernel, launches] : kept) {
        std::stable_sort(launches.begin(), launches.end(), isBefore);
        std::int64_t ordinal = 0;
        for (const Launch& launch : launches) {
            const std::int64_t place = ordinal++;
            if (launch.startNs == 0 || launch.endNs < launch.startNs) continue;
            const LaunchShape& shape = shapes[launch.shape];
            Timing timing{kernel.first,
                          {*kernel.second, place, dimensions(shape.grid), dimensions(shape.block)},
                          static_cast<double>(launch.endNs - launch.startNs)};
            if (toMonotonicNs)
                timing.during = Interval{static_cast<std::int64_t>(launch.startNs) + *toMonotonicNs,
                                         static_cast<std::int64_t>(launch.endNs) + *toMonotonicNs};
            told(timing);
        }
    }
}

}  // namespace ridge::inject
