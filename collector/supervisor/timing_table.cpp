// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/timing_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "db/analysis/statistics.hpp"

namespace ridge::supervisor {
namespace {

bool isRange(const inject::LaunchKey& launch) {
    return launch.grid.empty();
}

/// Why `found` is not certainly the time of `launch`; empty when it is.
std::string doubt(const inject::LaunchKey& launch, const std::string& grid, const std::string& block,
                  std::size_t samples) {
    if (isRange(launch)) return {};
    if (samples > 1) return "several processes of the unprofiled run launched it on this device";
    if (grid != launch.grid || block != launch.block)
        return fmt::format(
            "the unprofiled run launched it with grid {} and block {}, this one with {} and {}", grid, block,
            launch.grid, launch.block);
    return {};
}

void setTime(db::Record& record, const std::vector<db::Sample>& samples) {
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
    record.samples = samples;
    if (record.kernels.size() == 1) record.kernels.front().timeNs = point.timeNs;
}

}  // namespace

TimingTable::Key TimingTable::keyOf(const std::string& program, const std::string& device,
                                    const inject::LaunchKey& launch) {
    return {program, device, launch.name, isRange(launch) ? -1 : launch.ordinal};
}

void TimingTable::add(const std::string& program, const std::string& device, const inject::Timing& timing,
                      const GpuSight& sight) {
    if (!std::isfinite(timing.timeNs) || timing.timeNs < 0) return;
    Time& time = m_times[keyOf(program, device, timing.launch)];
    time.grid = timing.launch.grid;
    time.block = timing.launch.block;
    time.samples.push_back(summaryOf(sight));
    time.samples.back().timeNs = timing.timeNs;
    if (sight.foreignProcesses)
        time.users.foreignProcesses =
            std::max(time.users.foreignProcesses.value_or(0), *sight.foreignProcesses);
    if (sight.displayActive)
        time.users.displayActive = time.users.displayActive.value_or(false) || *sight.displayActive;
}

std::string TimingTable::apply(const std::string& program, const std::string& device,
                               const inject::LaunchKey& launch, db::Record& record) const {
    const auto found = m_times.find(keyOf(program, device, launch));
    std::string reason = found == m_times.end() ? "the unprofiled run did not launch it"
                                                : doubt(launch, found->second.grid, found->second.block,
                                                        found->second.samples.size());
    if (reason.empty()) {
        setTime(record, found->second.samples);
        addUsers(found->second.users, record);
        return {};
    }
    record.point.timeNs.reset();
    record.point.timeMethod.clear();
    return reason;
}

}  // namespace ridge::supervisor
