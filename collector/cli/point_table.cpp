// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/point_table.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "collector/cli/units.hpp"

namespace ridge::cli {
namespace {

using Align = TextColumn::Align;
using Show = std::string (*)(double);

struct ShownColumn {
    std::string_view column, title;
    int rank;
    Show show;  ///< of a number; nullptr: as it is
};

std::string flops(double value) {
    return withPrefix(value, "FLOP/s");
}
std::string bytes(double value) {
    return withPrefix(value, "B");
}
std::string bytesPerS(double value) {
    return withPrefix(value, "B/s");
}
std::string time(double value) {
    return duration(value);
}
std::string three(double value) {
    return plain(value);
}
std::string percent(double value) {
    return plain(value * 100) + " %";
}

// In the order shown; the larger the rank, the sooner a narrow terminal loses the column.
constexpr std::array<ShownColumn, 31> shownColumns{{{"file", "file", 3, nullptr},
                                                    {"point_id", "id", 9, nullptr},
                                                    {"plan", "plan", 14, nullptr},
                                                    {"model", "model", 13, nullptr},
                                                    {"device", "device", 8, nullptr},
                                                    {"series", "series", 7, nullptr},
                                                    {"operator", "operator", 0, nullptr},
                                                    {"phase", "phase", 3, nullptr},
                                                    {"implementation", "impl", 12, nullptr},
                                                    {"batch", "batch", 2, nullptr},
                                                    {"seq", "seq", 2, nullptr},
                                                    {"spec", "spec", 2, nullptr},
                                                    {"tokens", "tokens", 6, nullptr},
                                                    {"m", "M", 15, nullptr},
                                                    {"n", "N", 15, nullptr},
                                                    {"k", "K", 15, nullptr},
                                                    {"time_ns", "time", 0, time},
                                                    {"time_low_ns", "95 % from", 12, time},
                                                    {"time_high_ns", "to", 12, time},
                                                    {"algorithmic_flops_per_s", "alg. FLOP/s", 1, flops},
                                                    {"flops_per_s", "exec. FLOP/s", 4, flops},
                                                    {"intensity_algorithmic", "alg. FLOP/B", 1, three},
                                                    {"intensity", "exec. FLOP/B", 1, three},
                                                    {"dram_bytes", "DRAM", 11, bytes},
                                                    {"dram_bytes_per_s", "DRAM rate", 5, bytesPerS},
                                                    {"roof_fraction", "of roof", 4, percent},
                                                    {"bound", "bound", 10, nullptr},
                                                    {"provenance", "provenance", 0, nullptr},
                                                    {"status", "status", 1, nullptr},
                                                    {"flags", "flags", 16, nullptr},
                                                    {"status_reason", "reason", 6, nullptr}}};

std::string text(const db::Cell& cell, Show show) {
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

}  // namespace

TextTable readable(const db::Table& points) {
    TextTable table;
    std::vector<std::pair<std::size_t, Show>> sources;
    for (const ShownColumn& shown : shownColumns) {
        const auto found = std::find(points.columns.begin(), points.columns.end(), shown.column);
        if (found == points.columns.end()) continue;
        const auto column = static_cast<std::size_t>(found - points.columns.begin());
        const Align align = isNumeric(points, column) ? Align::right : Align::left;
        table.columns.push_back({std::string(shown.title), align, shown.rank});
        sources.emplace_back(column, shown.show);
    }
    for (const auto& row : points.rows) {
        std::vector<std::string> cells;
        cells.reserve(sources.size());
        for (const auto& [column, show] : sources) cells.push_back(text(row[column], show));
        table.rows.push_back(std::move(cells));
    }
    dropEmptyColumns(table);
    return table;
}

std::string_view unitOf(std::string_view column) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> suffixes{
        {{"_flops_per_s", "FLOP/s"},
         {"_bytes_per_s", "byte/s"},
         {"_bytes", "byte"},
         {"_ns", "ns"},
         {"_hz", "Hz"},
         {"_j", "J"},
         {"_tokens", "tokens"}}};
    if (column == "flops_per_s") return "FLOP/s";
    if (column == "intensity" || column == "intensity_algorithmic") return "FLOP/byte";
    for (const auto& [suffix, unit] : suffixes) {
        if (column.ends_with(suffix)) return unit;
    }
    return column.starts_with("flops_") ? "FLOP" : "";
}

}  // namespace ridge::cli
