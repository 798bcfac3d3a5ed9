// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/succession.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace ridge::cupti {
namespace {

double total(const std::vector<std::vector<double>>& values, std::size_t metric) {
    double sum = 0;
    for (const std::vector<double>& range : values) sum += range[metric];
    return sum;
}

/// Each range's value in proportion to its share of the time.
double overTime(const std::vector<std::vector<double>>& values, std::size_t metric, std::size_t time) {
    double sum = 0;
    for (const std::vector<double>& range : values) sum += range[metric] * range[time];
    return sum / total(values, time);
}

}  // namespace

std::vector<double> inSuccession(const std::vector<std::string>& metrics,
                                 const std::vector<std::vector<double>>& values) {
    if (values.size() == 1) return values.front();
    const auto time = static_cast<std::size_t>(
        std::find(metrics.begin(), metrics.end(), "gpu__time_duration.sum") - metrics.begin());
    std::vector<double> whole(metrics.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        if (metrics[i].ends_with(".sum") || metrics[i].ends_with(".max")) {
            whole[i] = total(values, i);
        } else if (metrics[i].ends_with(".per_second") && time < metrics.size()) {
            whole[i] = overTime(values, i, time);
        }
    }
    return whole;
}

}  // namespace ridge::cupti
