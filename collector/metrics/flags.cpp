// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/flags.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "db/analysis/statistics.hpp"

namespace ridge::metrics {
namespace {

constexpr double mostDrift = 0.03;
constexpr double mostIdleShare = 0.01;

bool apart(double low, double high) {
    return high - low > mostDrift * high;
}

bool drifts(const db::Record& record, std::span<const db::Sample> samples) {
    std::vector<double> clocks;
    for (const db::Sample& sample : samples) {
        if (sample.smClockHz) clocks.push_back(*sample.smClockHz);
    }
    if (clocks.empty()) return false;
    const auto [low, high] = std::minmax_element(clocks.begin(), clocks.end());
    if (apart(*low, *high)) return true;
    if (!record.point.smClockHz) return false;
    const auto [less, more] = std::minmax({*analysis::median(clocks), *record.point.smClockHz});
    return apart(less, more);
}

double metric(const db::Record& record, const char* name) {
    const auto found = record.metrics.find(name);
    return found == record.metrics.end() ? 0 : found->second;
}

bool isShared(const db::Record& record) {
    if (metric(record, foreignProcessesMetric) > 0 || metric(record, displayActiveMetric) > 0) return true;
    const db::Point& point = record.point;
    return point.dramBytes && point.timeNs &&
           metric(record, idleDramMetric) * 1e-9 * *point.timeNs > mostIdleShare * *point.dramBytes;
}

}  // namespace

std::string throttleReasons(std::span<const db::Sample> samples) {
    std::string reasons;
    for (const db::Sample& sample : samples) {
        for (std::string_view list = sample.throttle; !list.empty();) {
            const std::string_view name = list.substr(0, list.find(','));
            if (name != "idle" && name != "applications_clock") addFlags(reasons, name);
            list.remove_prefix(std::min(list.size(), name.size() + 1));
        }
    }
    return reasons;
}

void addFlags(std::string& flags, std::string_view more) {
    while (!more.empty()) {
        const std::string_view flag = more.substr(0, more.find(','));
        if (fmt::format(",{},", flags).find(fmt::format(",{},", flag)) == std::string::npos)
            flags += fmt::format("{}{}", flags.empty() ? "" : ",", flag);
        more.remove_prefix(std::min(more.size(), flag.size() + 1));
    }
}

void removeFlag(std::string& flags, std::string_view flag) {
    std::string kept;
    for (std::size_t begin = 0; begin < flags.size();) {
        const std::size_t end = std::min(flags.find(',', begin), flags.size());
        const std::string_view one = std::string_view(flags).substr(begin, end - begin);
        if (one != flag) addFlags(kept, one);
        begin = end + 1;
    }
    flags = std::move(kept);
}

std::string flagsOf(const db::Record& record) {
    return flagsOf(record, record.samples);
}

std::string flagsOf(const db::Record& record, std::span<const db::Sample> samples) {
    const db::Point& point = record.point;
    std::string flags = point.flags;
    const auto add = [&flags](const char* flag) { addFlags(flags, flag); };
    if (point.timeNs && *point.timeNs < 20e3) add("under_20us");
    if (point.passes && *point.passes > 1) add("multi_pass");
    if (point.flopsExecuted && point.flopsAlgorithmic &&
        *point.flopsExecuted > 1.05 * *point.flopsAlgorithmic) {
        add("padded");
    }
    if (point.dramBytes && point.compulsoryBytes && *point.dramBytes < 0.9 * *point.compulsoryBytes) {
        add("l2_resident");
    }
    if (!throttleReasons(samples).empty()) add("throttled");
    if (drifts(record, samples)) add("clock_drift");
    if (isShared(record)) add("shared_device");
    return flags;
}

}  // namespace ridge::metrics
