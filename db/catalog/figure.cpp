// SPDX-License-Identifier: Apache-2.0
#include "db/catalog/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "db/catalog/share.hpp"
#include "db/catalog/toml_file.hpp"

namespace ridge::catalog {
namespace fs = std::filesystem;
namespace {

/// The colour cycle of matplotlib's default style, for series that name no colour.
constexpr std::array<std::string_view, 10> kColors{"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd",
                                                   "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"};

std::string filled(const fs::path& file, const toml::table& table, std::string_view key) {
    std::string text = requireString(file, table, key);
    if (text.empty()) throw tomlError(file, *table.get(key), fmt::format("'{}' is empty", key));
    return text;
}

std::string colorOr(const fs::path& file, const toml::table& table, std::string_view key,
                    std::string_view fallback) {
    std::string text = stringOr(file, table, key, std::string(fallback));
    const bool hex =
        text.size() == 7 && text[0] == '#' &&
        std::all_of(text.begin() + 1, text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (!hex) {
        throw tomlError(file, *table.get(key),
                        fmt::format("'{}' must be a colour like #1f77b4, not '{}'", key, text));
    }
    return text;
}

/// A column of v_points or two joined by '|'. Only its form is checked: the catalogue has no database.
std::string columnOf(const fs::path& file, const toml::table& table) {
    std::string text = filled(file, table, "column");
    const bool name = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_' || c == '|';
    });
    if (!name || std::count(text.begin(), text.end(), '|') > 1 || text.front() == '|' || text.back() == '|') {
        throw tomlError(
            file, *table.get("column"),
            fmt::format("'column' must be a column of v_points or two joined by '|', not '{}'", text));
    }
    return text;
}

FigureAxis axisOf(const fs::path& file, const toml::table& figure, std::string_view key) {
    const toml::table& table = requireTable(file, figure, key);
    requireKnownKeys(file, table, {"title", "column", "minimum", "maximum", "base", "unit", "suffixes"});
    FigureAxis axis;
    axis.column = columnOf(file, table);
    axis.title = stringOr(file, table, "title", axis.column);
    axis.minimum = requirePositive(file, table, "minimum");
    axis.maximum = requirePositive(file, table, "maximum");
    if (axis.maximum <= axis.minimum) {
        throw tomlError(file, *table.get("maximum"),
                        fmt::format("'maximum' must be above 'minimum' ({} is not above {})", axis.maximum,
                                    axis.minimum));
    }
    const double base = numberOr(file, table, "base", 10);
    if (base != 10 && base != 2) {
        throw tomlError(file, *table.get("base"), fmt::format("'base' must be 10 or 2, not {}", base));
    }
    axis.base = base == 2 ? 2 : 10;
    axis.unit = positiveOr(file, table, "unit", 1);
    axis.suffixes = choiceOr(file, table, "suffixes", "none", {"si", "power", "plain", "none"});
    return axis;
}

FigureRoofs roofsOf(const fs::path& file, const toml::table& table) {
    requireKnownKeys(file, table,
                     {"device", "memory", "compute", "memory_label", "compute_label", "roof_label",
                      "memory_color", "compute_color", "ridge_color", "dashed", "ridge_line"});
    FigureRoofs roofs;
    roofs.device = filled(file, table, "device");
    roofs.memory = stringOr(file, table, "memory", "dram");
    roofs.compute = stringOr(file, table, "compute", "tensor_bf16");
    roofs.memoryLabel = stringOr(file, table, "memory_label", "");
    roofs.computeLabel = stringOr(file, table, "compute_label", "");
    roofs.roofLabel = stringOr(file, table, "roof_label", "");
    roofs.memoryColor = colorOr(file, table, "memory_color", kColors[0]);
    roofs.computeColor = colorOr(file, table, "compute_color", kColors[3]);
    roofs.ridgeColor = colorOr(file, table, "ridge_color", kColors[2]);
    roofs.dashed = boolOr(file, table, "dashed", true);
    roofs.ridgeLine = boolOr(file, table, "ridge_line", true);
    return roofs;
}

FigureSeries seriesOf(const fs::path& file, const toml::table& table, std::size_t index) {
    requireKnownKeys(file, table, {"label", "where", "color", "marker", "line", "note"});
    FigureSeries series;
    series.label = filled(file, table, "label");
    series.where = filled(file, table, "where");
    series.color = colorOr(file, table, "color", kColors[index % kColors.size()]);
    series.marker = choiceOr(file, table, "marker", "circle",
                             {"circle", "square", "triangle", "diamond", "plus", "cross"});
    series.line = boolOr(file, table, "line", false);
    series.note = stringOr(file, table, "note", "");
    return series;
}

FigureOverlay overlayOf(const fs::path& file, const toml::table& table) {
    requireKnownKeys(file, table,
                     {"csv", "label", "color", "x", "y", "x_unit", "y_unit", "where", "source", "note"});
    FigureOverlay overlay;
    overlay.csv = filled(file, table, "csv");
    overlay.label = stringOr(file, table, "label", "published");
    overlay.color = colorOr(file, table, "color", "#7f7f7f");
    overlay.x = filled(file, table, "x");
    overlay.y = filled(file, table, "y");
    overlay.xUnit = positiveOr(file, table, "x_unit", 1);
    overlay.yUnit = positiveOr(file, table, "y_unit", 1);
    overlay.where = stringOr(file, table, "where", "");
    if (!overlay.where.empty() && overlay.where.find('=') == std::string::npos) {
        throw tomlError(file, *table.get("where"), "'where' of an overlay must be \"column=value\"");
    }
    overlay.source = filled(file, table, "source");
    overlay.note = stringOr(file, table, "note", "");
    return overlay;
}

}  // namespace

Figure figure(std::string_view nameOrPath) {
    const fs::path file = fileOf("figures", "figure", nameOrPath);
    const toml::table table = parseToml(file);
    requireKnownKeys(
        file, table,
        {"title", "subtitle", "plan", "kind", "legend", "fine_grid", "x", "y", "roofs", "series", "overlay"});
    Figure result;
    result.name = file.stem().string();
    result.title = stringOr(file, table, "title", "");
    result.subtitle = stringOr(file, table, "subtitle", "");
    result.plan = stringOr(file, table, "plan", "");
    result.kind = choiceOr(file, table, "kind", "roofline", {"roofline", "sweep"}) == "sweep"
                      ? ChartKind::sweep
                      : ChartKind::roofline;
    result.legend = choiceOr(file, table, "legend", "bottom right",
                             {"top left", "top right", "bottom left", "bottom right"});
    result.fineGrid = boolOr(file, table, "fine_grid", false);
    result.x = axisOf(file, table, "x");
    result.y = axisOf(file, table, "y");
    if (const toml::table* roofs = tableOrNull(file, table, "roofs")) result.roofs = roofsOf(file, *roofs);
    for (const toml::table* entry : tablesOf(file, table, "series")) {
        result.series.push_back(seriesOf(file, *entry, result.series.size()));
    }
    if (result.series.empty()) throw tomlError(file, table, "no [[series]]: a figure shows at least one");
    for (const toml::table* entry : tablesOf(file, table, "overlay")) {
        result.overlays.push_back(overlayOf(file, *entry));
    }
    return result;
}

}  // namespace ridge::catalog
