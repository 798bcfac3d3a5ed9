// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/idle_traffic.hpp"

#include "collector/metrics/flags.hpp"

namespace ridge::metrics {

std::optional<double> dramBytesPerSecond(const Evaluation& idle) {
    if (!idle.dramBytes.value || idle.timeNs.value.value_or(0) <= 0) return std::nullopt;
    return 1e9 * *idle.dramBytes.value / *idle.timeNs.value;
}

void addIdleTraffic(db::Record& record, const std::optional<double>& bytesPerSecond) {
    if (!bytesPerSecond) return;
    record.metrics[idleDramMetric] = *bytesPerSecond;
    record.metricUnits[idleDramMetric] = "byte/s";
}

}  // namespace ridge::metrics
