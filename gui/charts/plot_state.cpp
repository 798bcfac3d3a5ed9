// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/plot_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ridge::gui {
namespace {

constexpr double noNumber = std::numeric_limits<double>::quiet_NaN();

double logOrNan(double value) {
    return value > 0 && std::isfinite(value) ? std::log10(value) : noNumber;
}

LogRange axisRange(const catalog::FigureAxis& axis, LogRange ofData) {
    if (axis.minimum > 0 && axis.maximum > axis.minimum) {
        return {std::log10(axis.minimum), std::log10(axis.maximum)};
    }
    if (!(ofData.low <= ofData.high)) {
        return {0, 3};
    }
    const double margin = std::max(0.15, 0.05 * ofData.span());
    return {ofData.low - margin, ofData.high + margin};
}

void include(LogRange& range, double value) {
    if (!std::isnan(value)) {
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
    }
}

}  // namespace

std::vector<std::vector<QPointF>> logCoordinates(const ChartData& data) {
    std::vector<std::vector<QPointF>> logs;
    logs.reserve(data.series.size());
    for (const auto& series : data.series) {
        auto& line = logs.emplace_back();
        line.reserve(series.points.size());
        for (const auto& point : series.points) {
            line.emplace_back(logOrNan(point.x), logOrNan(point.y));
        }
    }
    return logs;
}

LogView homeView(const ChartData& data, const std::vector<std::vector<QPointF>>& logs) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    LogRange x{infinity, -infinity}, y{infinity, -infinity};
    for (const auto& line : logs) {
        for (const auto& point : line) {
            include(x, point.x());
            include(y, point.y());
        }
    }
    for (const auto& roof : data.roofs) {
        include(x, logOrNan(roof.flopsPerS / roof.bytesPerS));
        include(y, logOrNan(roof.flopsPerS));
    }
    return {axisRange(data.figure.x, x), axisRange(data.figure.y, y)};
}

int pointsOutsideHome(const PlotState& state) {
    const PlotMapping home{{}, state.home};
    std::ptrdiff_t outside = 0;
    for (std::size_t i = 0; i < state.logs.size(); ++i) {
        if (state.visible[i]) {
            outside += std::count_if(state.logs[i].begin(), state.logs[i].end(),
                                     [&](const QPointF& log) { return !home.shows(log); });
        }
    }
    return static_cast<int>(outside);
}

}  // namespace ridge::gui
