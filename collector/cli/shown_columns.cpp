// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/shown_columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "collector/cli/units.hpp"

namespace ridge::cli {
namespace {

using Align = TextColumn::Align;

std::string time(double value) {
    return duration(value);
}
std::string clock(double value) {
    return plain(value * 1e-6, 4) + " MHz";
}
std::string celsius(double value) {
    return plain(value) + " °C";
}
std::string watts(double value) {
    return plain(value) + " W";
}
std::string bytes(double value) {
    return withPrefix(value, "B");
}
std::string flops(double value) {
    return withPrefix(value, "FLOP");
}
std::string percent(double value) {
    return plain(value * 100) + " %";
}
/// What was counted is mostly whole: 100, not 100.000.
std::string counted(double value) {
    return value == std::floor(value) ? plain(value, 1) : plain(value, 6);
}
std::string bound(double value) {
    return value != 0 ? "upper" : "";
}

constexpr std::array<ShownColumn, 11> pointColumns{{{"file", "file", 3, nullptr},
                                                    {"point_id", "id", 0, nullptr},
                                                    {"measured_as", "as", 9, nullptr},
                                                    {"series", "series", 6, nullptr},
                                                    {"operator", "operator", 4, nullptr},
                                                    {"phase", "phase", 7, nullptr},
                                                    {"batch", "batch", 5, nullptr},
                                                    {"seq", "seq", 5, nullptr},
                                                    {"spec", "spec", 5, nullptr},
                                                    {"model", "model", 10, nullptr},
                                                    {"device", "device", 11, nullptr}}};
constexpr std::array<ShownColumn, 5> metricColumns{{{"name", "metric", 0, nullptr},
                                                    {"value", "value", 0, counted},
                                                    {"unit", "unit", 1, nullptr},
                                                    {"upper_bound", "bound", 1, bound},
                                                    {"origin", "origin", 2, nullptr}}};
constexpr std::array<ShownColumn, 7> sampleColumns{{{"ordinal", "#", 0, nullptr},
                                                    {"time_ns", "time", 0, time},
                                                    {"sm_clock_hz", "SM clock", 1, clock},
                                                    {"memory_clock_hz", "memory clock", 2, clock},
                                                    {"temperature_c", "temperature", 2, celsius},
                                                    {"power_w", "power", 1, watts},
                                                    {"throttle", "throttle", 1, nullptr}}};
constexpr std::array<ShownColumn, 9> kernelColumns{{{"ordinal", "#", 0, nullptr},
                                                    {"short_name", "kernel", 0, nullptr},
                                                    {"grid", "grid", 8, nullptr},
                                                    {"block", "block", 8, nullptr},
                                                    {"launches", "launches", 2, nullptr},
                                                    {"time_ns", "time", 0, time},
                                                    {"share_of_time", "of time", 1, percent},
                                                    {"flops_executed", "exec. FLOP", 2, flops},
                                                    {"dram_bytes", "DRAM", 2, bytes}}};
constexpr std::array<ShownColumn, 13> runColumns{{{"file", "file", 3, nullptr},
                                                  {"started_at", "started", 0, nullptr},
                                                  {"finished_at", "finished", 6, nullptr},
                                                  {"state", "state", 0, nullptr},
                                                  {"plan", "plan", 2, nullptr},
                                                  {"host", "host", 3, nullptr},
                                                  {"rank", "rank", 4, nullptr},
                                                  {"job", "job", 4, nullptr},
                                                  {"driver", "driver", 5, nullptr},
                                                  {"cuda", "CUDA", 7, nullptr},
                                                  {"cupti", "CUPTI", 7, nullptr},
                                                  {"clock_lock", "clock lock", 4, nullptr},
                                                  {"command", "command", 1, nullptr}}};

std::string text(const db::Cell& cell, std::string (*show)(double)) {
    if (const auto* number = std::get_if<double>(&cell))
        return show != nullptr ? show(*number) : plain(*number, 4);
    if (const auto* integer = std::get_if<std::int64_t>(&cell))
        return show != nullptr ? show(static_cast<double>(*integer)) : std::to_string(*integer);
    if (const auto* words = std::get_if<std::string>(&cell)) return *words;
    return {};
}

bool isNumeric(const db::Table& points, std::size_t column) {
    return std::any_of(points.rows.begin(), points.rows.end(), [column](const auto& row) {
        return std::holds_alternative<double>(row[column]) ||
               std::holds_alternative<std::int64_t>(row[column]);
    });
}

std::vector<ShownColumn> columnsOf(std::string_view view) {
    if (view == "v_runs") return {runColumns.begin(), runColumns.end()};
    std::vector<ShownColumn> columns(pointColumns.begin(), pointColumns.end());
    const auto add = [&](const auto& own) { columns.insert(columns.end(), own.begin(), own.end()); };
    if (view == "v_metrics") add(metricColumns);
    if (view == "v_samples") add(sampleColumns);
    if (view == "v_kernels") add(kernelColumns);
    return columns;
}

}  // namespace

TextTable readable(const db::Table& rows, std::span<const ShownColumn> columns) {
    TextTable table;
    std::vector<std::pair<std::size_t, std::string (*)(double)>> sources;
    for (const ShownColumn& shown : columns) {
        const auto found = std::find(rows.columns.begin(), rows.columns.end(), shown.column);
        if (found == rows.columns.end()) continue;
        const auto column = static_cast<std::size_t>(found - rows.columns.begin());
        const Align align = isNumeric(rows, column) ? Align::right : Align::left;
        table.columns.push_back({std::string(shown.title), align, shown.rank});
        sources.emplace_back(column, shown.show);
    }
    for (const auto& row : rows.rows) {
        std::vector<std::string> cells;
        cells.reserve(sources.size());
        for (const auto& [column, show] : sources) cells.push_back(text(row[column], show));
        table.rows.push_back(std::move(cells));
    }
    dropEmptyColumns(table);
    return table;
}

TextTable readableView(std::string_view view, const db::Table& rows) {
    return readable(rows, columnsOf(view));
}

}  // namespace ridge::cli
