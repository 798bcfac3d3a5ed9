// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/point_counters.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "collector/cupti/replays.hpp"
#include "collector/metrics/record_values.hpp"
#include "collector/metrics/silent_zero.hpp"
#include "db/model/error.hpp"

namespace ridge::worker {

double perExecution(const std::string& metric, double value, std::int64_t launches) {
    constexpr std::array<std::string_view, 4> rates{".per_second", ".pct", ".ratio", ".peak_"};
    for (const std::string_view rate : rates) {
        if (metric.find(rate) != std::string::npos) return value;
    }
    return value / static_cast<double>(launches);
}

void addCounters(db::Record& record, const metrics::Evaluation& evaluation,
                 const cupti::CounterReading& reading, std::int64_t launches) {
    record.point.passes = reading.passes;
    for (const auto& [metric, value] : reading.values)
        record.metrics[metric] = perExecution(metric, value, launches);
    for (const auto& [metric, reason] : reading.knownZero) {
        metrics::addKnownZero(record, evaluation,
                              reason == cupti::Zero::byProbe ? metrics::zeroByProbe : metrics::zeroByEarlier,
                              metric);
    }
    metrics::addValues(record, evaluation);
}

std::map<std::string, double> valuesOfOne(const cupti::CounterReading& reading, std::int64_t launches) {
    std::map<std::string, double> values;
    for (const auto& [metric, value] : reading.values) values[metric] = perExecution(metric, value, launches);
    for (const auto& [metric, reason] : reading.knownZero) values.try_emplace(metric, 0.0);
    return values;
}

int requireNoSilentZero(cupti::CounterBackend& backend, const cupti::RangeWork& work,
                        const metrics::Evaluation& evaluation, const metrics::Resolution& resolution,
                        const cupti::CounterReading& reading) {
    std::map<std::string, double> values = valuesOfOne(reading, 1);
    int replays = 0;
    const auto readMore = [&](const std::vector<std::string>& names) {
        cupti::CounterReading more = backend.read(names, work);
        values.merge(more.values);
        replays += more.passes;
    };
    const bool isZero = evaluation.flops.value == 0.0;
    if (isZero && metrics::isUnproven(evaluation, resolution, values))
        readMore(metrics::tensorPipeOf(resolution));
    auto contradiction = metrics::silentZero(evaluation, resolution, values);
    if (contradiction && !contradiction->isCertain) {
        readMore(resolution.unseen);
        contradiction = metrics::silentZero(evaluation, resolution, values);
    }
    if (!contradiction || !(contradiction->isCertain || isZero)) return replays;
    throw Error(ExitCode::failed, std::string(work.name) + ": " + contradiction->text,
                "ridge doctor --selftest tells whether the counters can be trusted");
}

PointCounters readPoint(cupti::CounterBackend& backend, const metrics::MetricSet& set,
                        const metrics::Resolution& resolution, const metrics::ReplayPlan& plan,
                        const cupti::RangeWork& work, std::int64_t launches,
                        std::optional<double> flopsAlgorithmic) {
    PointCounters point{cupti::readReplays(backend, resolution, plan, work), {}};
    point.evaluation = metrics::evaluate(set, resolution, valuesOfOne(point.reading, launches));
    point.reading.passes += requireNoSilentZero(backend, work, point.evaluation, resolution, point.reading);
    if (point.evaluation.flops.value != 0.0 || flopsAlgorithmic.value_or(0) <= 0) return point;
    throw Error(ExitCode::failed,
                fmt::format("{}: 0 FLOPs were counted of work of {:.6g}, and no tensor instruction",
                            work.name, *flopsAlgorithmic),
                "ridge doctor --selftest tells whether the counters can be trusted");
}

std::string absences(const metrics::Evaluation& evaluation) {
    std::string text;
    const std::array<std::pair<const char*, const metrics::Quantity*>, 4> expected{
        {{"executed FLOPs", &evaluation.flops},
         {"DRAM bytes", &evaluation.dramBytes},
         {"L2 bytes", &evaluation.l2Bytes},
         {"SM clock", &evaluation.smClockHz}}};
    for (const auto& [name, quantity] : expected) {
        if (!quantity->value) text += std::string("no ") + name + ": " + quantity->reason + "\n";
    }
    return text;
}

}  // namespace ridge::worker
