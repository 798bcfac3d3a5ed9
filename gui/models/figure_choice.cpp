// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/figure_choice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "db/catalog/share.hpp"

namespace ridge::gui {

namespace {

constexpr std::array<const char*, 10> seriesColors{"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd",
                                                   "#8c564b", "#e377c2", "#17a2b8", "#bcbd22", "#7f7f7f"};
constexpr std::array<const char*, 4> seriesMarkers{"circle", "square", "triangle", "diamond"};

std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
    return result + "'";
}

std::string equals(const std::string& column, const std::string& value) {
    return value.empty() ? "coalesce(" + column + ", '') = ''" : column + " = " + quoted(value);
}

/// Label and filter of the series a row falls into.
std::pair<std::string, std::string> seriesOf(const db::Point& point) {
    if (!point.series.empty()) return {point.series, equals("series", point.series)};
    std::string label;
    for (const std::string* part : {&point.op, &point.phase, &point.implementation})
        if (!part->empty()) label += (label.empty() ? "" : " ") + *part;
    return {label.empty() ? "points" : label,
            "coalesce(series, '') = '' AND " + equals("operator", point.op) + " AND " +
                equals("phase", point.phase) + " AND " + equals("implementation", point.implementation)};
}

std::set<std::string> parentOperators(const ResultFile& file) {
    std::set<std::string> operators;
    for (const db::PointRow& row : file.points)
        if (row.point.parentId)
            if (const db::PointRow* parent = file.find(*row.point.parentId))
                operators.insert(parent->point.op);
    return operators;
}

/// Minimum and maximum are 0 until widenAxis sees the first value.
void setAxes(catalog::Figure& figure) {
    const std::string rate = "flops_per_s|algorithmic_flops_per_s";
    if (figure.kind == catalog::ChartKind::roofline) {
        figure.x = {
            "Operational intensity (FLOP/Byte)", "intensity|intensity_algorithmic", 0, 0, 10, 1, "si"};
        figure.y = {"Performance (FLOP/s)", rate, 0, 0, 10, 1, "si"};
    } else {
        figure.x = {"Tokens", "tokens", 0, 0, 2, 1, "si"};
        figure.y = {"TFLOP/s", rate, 0, 0, 10, 1e12, "none"};
    }
}

}  // namespace

std::optional<catalog::Figure> figureOfPlan(const ResultSet& results) {
    std::map<std::string, std::size_t> rowsOfPlan;
    for (const ResultFile& file : results.files)
        for (const db::PointRow& row : file.points) ++rowsOfPlan[row.point.plan];
    std::optional<catalog::Figure> best;
    std::size_t bestRows = 0;
    for (const std::string& name : catalog::names("figures")) {
        catalog::Figure candidate = catalog::figure(name);
        const auto found = rowsOfPlan.find(candidate.plan);
        if (candidate.plan.empty() || found == rowsOfPlan.end() || found->second <= bestRows) continue;
        bestRows = found->second;
        best = std::move(candidate);
    }
    return best;
}

catalog::ChartKind naturalKind(const ResultSet& results) {
    const auto hasIntensity = [](const db::PointRow& row) {
        return row.intensity || row.intensityAlgorithmic;
    };
    for (const ResultFile& file : results.files)
        if (std::ranges::any_of(file.points, hasIntensity)) return catalog::ChartKind::roofline;
    return catalog::ChartKind::sweep;
}

catalog::Figure figureFromData(const ResultSet& results, catalog::ChartKind kind) {
    catalog::Figure figure;
    figure.kind = kind;
    setAxes(figure);
    std::set<std::string> seen;
    for (const ResultFile& file : results.files) {
        const std::set<std::string> parents = parentOperators(file);
        for (const db::PointRow& row : file.points) {
            if (parents.contains(row.point.op)) continue;
            auto [label, where] = seriesOf(row.point);
            if (!seen.insert(where).second) continue;
            const std::size_t index = figure.series.size();
            figure.series.push_back({label, where, seriesColors.at(index % seriesColors.size()),
                                     seriesMarkers.at(index / seriesColors.size() % seriesMarkers.size()),
                                     kind == catalog::ChartKind::sweep, ""});
        }
    }
    if (kind == catalog::ChartKind::roofline) {
        catalog::FigureRoofs roofs;
        roofs.memory = "dram";
        roofs.memoryColor = "#1f77b4";
        roofs.computeColor = "#d62728";
        roofs.ridgeColor = "#2ca02c";
        figure.roofs = roofs;
    }
    return figure;
}

catalog::Figure withKind(const catalog::Figure& figure, catalog::ChartKind kind) {
    if (figure.kind == kind) return figure;
    catalog::Figure changed = figure;
    changed.kind = kind;
    changed.title = figure.name + (kind == catalog::ChartKind::sweep ? " over tokens" : " over intensity");
    changed.overlays.clear();
    changed.roofs.reset();
    setAxes(changed);
    for (catalog::FigureSeries& series : changed.series) series.line = kind == catalog::ChartKind::sweep;
    if (kind == catalog::ChartKind::roofline) changed.roofs = figureFromData({}, kind).roofs;
    return changed;
}

void widenAxis(catalog::FigureAxis& axis, double minimum, double maximum) {
    const auto step = [&](double value, double (*rounded)(double)) {
        // A bound that already is a power of the base must not move by its rounding error.
        const double exponent = std::log(value / axis.unit) / std::log(axis.base);
        const double near = std::round(exponent);
        const double whole = std::abs(exponent - near) < 1e-9 ? near : rounded(exponent);
        return axis.unit * std::pow(axis.base, whole);
    };
    const bool unset = axis.minimum <= 0 || axis.maximum <= 0;
    if (unset || minimum < axis.minimum) axis.minimum = step(minimum, [](double e) { return std::floor(e); });
    if (unset || maximum > axis.maximum) axis.maximum = step(maximum, [](double e) { return std::ceil(e); });
    if (axis.maximum <= axis.minimum) axis.maximum = axis.minimum * axis.base;
}

}  // namespace ridge::gui
