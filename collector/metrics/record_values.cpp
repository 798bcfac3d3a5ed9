// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/record_values.hpp"

#include <cmath>

namespace ridge::metrics {
namespace {

void add(db::Record& record, const char* kind, const std::map<std::string, Quantity>& quantities) {
    for (const auto& [name, quantity] : quantities) {
        if (!quantity.value || !std::isfinite(*quantity.value)) continue;
        record.computed.push_back({kind, name, *quantity.value, quantity.unit, quantity.upperBound});
    }
}

}  // namespace

void addValues(db::Record& record, const Evaluation& evaluation) {
    db::Point& point = record.point;
    point.flopsExecuted = evaluation.flops.value;
    point.dramBytes = evaluation.dramBytes.value;
    point.dramReadBytes = evaluation.dramReadBytes.value;
    point.dramWriteBytes = evaluation.dramWriteBytes.value;
    point.l2Bytes = evaluation.l2Bytes.value;
    point.l1Bytes = evaluation.l1Bytes.value;
    point.smClockHz = evaluation.smClockHz.value;
    if (!evaluation.dominantPath.empty()) point.computePath = evaluation.dominantPath;
    add(record, "quantity", evaluation.quantities);
    add(record, "path", evaluation.paths);
    for (const auto& [metric, unit] : evaluation.units) {
        if (record.metrics.contains(metric)) record.metricUnits[metric] = unit;
    }
}

void addKnownZero(db::Record& record, const Evaluation& evaluation, std::string_view reason,
                  const std::string& metric) {
    const std::string name = std::string(reason) + metric;
    record.metrics[name] = 0;
    if (const auto unit = evaluation.units.find(metric); unit != evaluation.units.end())
        record.metricUnits[name] = unit->second;
}

}  // namespace ridge::metrics
