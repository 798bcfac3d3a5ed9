// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/timing_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <utility>

#include "db/analysis/statistics.hpp"

namespace ridge::supervisor {
namespace {

bool isRange(const inject::LaunchKey& launch) {
    return launch.grid.empty();
}

/// Of a sight that is one summary.
auto valuesOf(const GpuSight& sight) {
    const db::Sample& seen = sight.telemetry.front();
    return std::tie(seen.smClockHz, seen.memoryClockHz, seen.temperatureC, seen.powerW, seen.throttle,
                    sight.foreignProcesses, sight.displayActive);
}

void setTime(db::Record& record, std::vector<db::Sample> samples) {
    db::Point& point = record.point;
    std::vector<double> ns;
    ns.reserve(samples.size());
    for (const db::Sample& sample : samples) ns.push_back(sample.timeNs);
    point.timeNs = analysis::median(ns);
    point.timeLowNs.reset();
    point.timeHighNs.reset();
    if (const auto interval = analysis::medianInterval95(ns)) {
        point.timeLowNs = interval->low;
        point.timeHighNs = interval->high;
    }
    point.samples = static_cast<std::int64_t>(ns.size());
    point.timeMethod = "unprofiled first run";
    record.samples = std::move(samples);
    if (record.kernels.size() == 1) record.kernels.front().timeNs = point.timeNs;
}

}  // namespace

bool TimingTable::SightLess::operator()(const GpuSight& a, const GpuSight& b) const {
    return valuesOf(a) < valuesOf(b);
}

TimingTable::Key TimingTable::keyOf(const std::string& program, const std::string& device,
                                    const inject::LaunchKey& launch) {
    return {program, device, launch.name, isRange(launch)};
}

void TimingTable::add(const std::string& program, const std::string& device, const inject::Timing& timing,
                      const GpuSight& sight) {
    if (!std::isfinite(timing.timeNs) || timing.timeNs < 0) return;
    const inject::LaunchKey& launch = timing.launch;
    const Time time{timing.timeNs, launch.ordinal,
                    m_sights.numberOf({{summaryOf(sight)}, sight.foreignProcesses, sight.displayActive}),
                    m_shapes.numberOf({launch.grid, launch.block})};
    Times& times = m_times[keyOf(program, device, launch)];
    if (isRange(launch)) return times.push_back(time);
    // Nearly always at the end: a process tells of a kernel's launches in their order.
    const auto place = std::ranges::lower_bound(times, time.ordinal, {}, &Time::ordinal);
    if (place == times.end() || place->ordinal != time.ordinal)
        times.insert(place, time);
    else
        place->shape = severalLaunched;
}

std::string TimingTable::doubt(const inject::LaunchKey& launch, const Time& found) const {
    if (found.shape == severalLaunched)
        return "several processes of the unprofiled run launched it on this device";
    const Shape& shape = m_shapes.at(found.shape);
    if (shape.grid == launch.grid && shape.block == launch.block) return {};
    return fmt::format("the unprofiled run launched it with grid {} and block {}, this one with {} and {}",
                       shape.grid, shape.block, launch.grid, launch.block);
}

std::string TimingTable::apply(const std::string& program, const std::string& device,
                               const inject::LaunchKey& launch, db::Record& record) const {
    record.point.timeNs.reset();
    record.point.timeMethod.clear();
    const auto known = m_times.find(keyOf(program, device, launch));
    std::ranges::subrange<Times::const_iterator> found;
    if (known != m_times.end())
        found = isRange(launch) ? std::ranges::subrange(known->second)
                                : std::ranges::equal_range(known->second, launch.ordinal, {}, &Time::ordinal);
    if (found.empty()) return "the unprofiled run did not launch it";
    if (std::string reason = doubt(launch, found.front()); !reason.empty()) return reason;
    std::vector<db::Sample> samples;
    samples.reserve(found.size());
    for (const Time& time : found) {
        const GpuSight& sight = m_sights.at(time.sight);
        samples.push_back(sight.telemetry.front());
        samples.back().timeNs = time.ns;
        addUsers(sight, record);
    }
    setTime(record, std::move(samples));
    return {};
}

}  // namespace ridge::supervisor
