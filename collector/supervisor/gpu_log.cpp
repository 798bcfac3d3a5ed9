// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/gpu_log.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "collector/metrics/flags.hpp"
#include "db/analysis/statistics.hpp"

namespace ridge::supervisor {
namespace {

constexpr std::int64_t reachNs = 100'000'000;

using Value = std::optional<double> db::Sample::*;

std::vector<double> valuesOf(const GpuSight& sight, Value value) {
    std::vector<double> values;
    for (const db::Sample& sample : sight.telemetry) {
        if (sample.*value) values.push_back(*(sample.*value));
    }
    return values;
}

std::optional<double> mean(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

std::optional<double> highest(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    return *std::max_element(values.begin(), values.end());
}

/// The names of comma-separated lists, each once.
std::set<std::string> namesOf(const GpuSight& sight) {
    std::set<std::string> names;
    for (const db::Sample& sample : sight.telemetry) {
        for (std::string_view list = sample.throttle; !list.empty();) {
            const std::string_view name = list.substr(0, list.find(','));
            names.emplace(name);
            list.remove_prefix(std::min(list.size(), name.size() + 1));
        }
    }
    return names;
}

void raise(db::Record& record, const char* metric, double value) {
    const auto [known, isNew] = record.metrics.try_emplace(metric, value);
    if (!isNew) known->second = std::max(known->second, value);
}

void addMetrics(const GpuSight& sight, db::Record& record) {
    const db::Sample seen = summaryOf(sight);
    const auto add = [&record](const char* metric, const std::optional<double>& value, const char* unit) {
        if (!value) return;
        record.metrics[metric] = *value;
        record.metricUnits[metric] = unit;
    };
    add("ridge__sm_clock_hz", seen.smClockHz, "Hz");
    add("ridge__memory_clock_hz", seen.memoryClockHz, "Hz");
    add("ridge__temperature_celsius", seen.temperatureC, "celsius");
    add("ridge__power_watts", seen.powerW, "W");
    for (const std::string& name : namesOf(sight)) record.metrics["ridge__clocks_held_by_" + name] = 1;
}

}  // namespace

void addUsers(const GpuSight& sight, db::Record& record) {
    if (sight.foreignProcesses)
        raise(record, metrics::foreignProcessesMetric, static_cast<double>(*sight.foreignProcesses));
    if (sight.displayActive) raise(record, metrics::displayActiveMetric, *sight.displayActive ? 1 : 0);
}

db::Sample summaryOf(const GpuSight& sight) {
    db::Sample seen;
    seen.smClockHz = analysis::median(valuesOf(sight, &db::Sample::smClockHz));
    seen.memoryClockHz = analysis::median(valuesOf(sight, &db::Sample::memoryClockHz));
    seen.temperatureC = highest(valuesOf(sight, &db::Sample::temperatureC));
    seen.powerW = mean(valuesOf(sight, &db::Sample::powerW));
    for (const std::string& name : namesOf(sight))
        seen.throttle += fmt::format("{}{}", seen.throttle.empty() ? "" : ",", name);
    return seen;
}

void addSight(const GpuSight& sight, db::Record& record) {
    addUsers(sight, record);
    if (!record.samples.empty()) {
        record.point.flags = metrics::flagsOf(record);
        return;
    }
    addMetrics(sight, record);
    record.point.flags = metrics::flagsOf(record, sight.telemetry);
}

void GpuLog::add(GpuReading reading) {
    if (m_readings.size() >= mostReadings) thinOlderHalf();
    m_readings.push_back(std::move(reading));
}

void GpuLog::thinOlderHalf() {
    std::vector<GpuReading> readings;
    readings.reserve(mostReadings);
    for (std::size_t i = 0; i < mostReadings / 2; i += 2) {
        const GpuSight both = during({m_readings[i].atNs, m_readings[i + 1].atNs});
        readings.push_back({m_readings[i].atNs, summaryOf(both), both.foreignProcesses, both.displayActive});
    }
    readings.insert(readings.end(), m_readings.begin() + mostReadings / 2, m_readings.end());
    m_readings = std::move(readings);
}

GpuSight GpuLog::during(const inject::Interval& interval) const {
    const auto earlier = [](const GpuReading& reading, std::int64_t ns) { return reading.atNs < ns; };
    auto first = std::lower_bound(m_readings.begin(), m_readings.end(), interval.beginNs, earlier);
    auto end = std::lower_bound(first, m_readings.end(), interval.endNs + 1, earlier);
    if (first == end) {
        if (first != m_readings.begin() && interval.beginNs - std::prev(first)->atNs <= reachNs) --first;
        if (end != m_readings.end() && end->atNs - interval.endNs <= reachNs) ++end;
    }
    GpuSight sight;
    for (; first != end; ++first) {
        sight.telemetry.push_back(first->telemetry);
        if (first->foreignProcesses)
            sight.foreignProcesses = std::max(sight.foreignProcesses.value_or(0), *first->foreignProcesses);
        if (first->displayActive)
            sight.displayActive = sight.displayActive.value_or(false) || *first->displayActive;
    }
    return sight;
}

}  // namespace ridge::supervisor
