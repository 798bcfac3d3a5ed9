// SPDX-License-Identifier: Apache-2.0
// Planned rows by what they are, and numbers compared as they are printed.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/plan/expand.hpp"

namespace ridge::test {

using Rows = std::vector<plan::PlannedPoint>;

inline Rows rowsOf(std::string_view planName) {
    return plan::expand(plan::load(planName));
}

/// The rows of one series and operator, in order.
inline std::vector<db::Point> pointsOf(const Rows& rows, std::string_view series, std::string_view op) {
    std::vector<db::Point> points;
    for (const auto& row : rows) {
        if (row.point.series == series && row.point.op == op) points.push_back(row.point);
    }
    return points;
}

inline double intensity(const db::Point& point) {
    return *point.flopsAlgorithmic / *point.compulsoryBytes;
}

/// `value` with as many decimals as `published` has.
inline std::string printedAs(double value, std::string_view published) {
    const auto dot = published.find('.');
    const int decimals = dot == std::string_view::npos ? 0 : static_cast<int>(published.size() - dot - 1);
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

}  // namespace ridge::test
