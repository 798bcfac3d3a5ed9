// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/columns.hpp"

#include <algorithm>
#include <array>
#include <variant>
#include <vector>

#include "db/catalog/share.hpp"
#include "db/model/error.hpp"

namespace ridge::gui {

namespace {

using Integer = std::optional<std::int64_t> db::Point::*;
using Stored = std::optional<double> db::Point::*;
using Derived = std::optional<double> db::PointRow::*;

struct Column {
    std::string_view name;
    std::variant<Integer, Stored, Derived> member;

    [[nodiscard]] std::optional<double> of(const db::PointRow& row) const {
        if (const auto* derived = std::get_if<Derived>(&member)) return row.**derived;
        if (const auto* stored = std::get_if<Stored>(&member)) return row.point.**stored;
        const std::optional<std::int64_t> integer = row.point.*std::get<Integer>(member);
        if (!integer) return std::nullopt;
        return static_cast<double>(*integer);
    }
};

const std::array columns{
    Column{"point_id", &db::Point::id},
    Column{"batch", &db::Point::batch},
    Column{"seq", &db::Point::seq},
    Column{"spec", &db::Point::spec},
    Column{"tokens", &db::Point::tokens},
    Column{"context", &db::Point::context},
    Column{"kv_heads", &db::Point::kvHeads},
    Column{"m", &db::Point::m},
    Column{"n", &db::Point::n},
    Column{"k", &db::Point::k},
    Column{"kernels", &db::Point::kernels},
    Column{"launches_per_range", &db::Point::launchesPerRange},
    Column{"samples", &db::Point::samples},
    Column{"passes", &db::Point::passes},
    Column{"time_ns", &db::Point::timeNs},
    Column{"time_low_ns", &db::Point::timeLowNs},
    Column{"time_high_ns", &db::Point::timeHighNs},
    Column{"flops_executed", &db::Point::flopsExecuted},
    Column{"flops_useful", &db::Point::flopsUseful},
    Column{"flops_algorithmic", &db::Point::flopsAlgorithmic},
    Column{"emitted_tokens", &db::Point::emittedTokens},
    Column{"dram_bytes", &db::Point::dramBytes},
    Column{"dram_read_bytes", &db::Point::dramReadBytes},
    Column{"dram_write_bytes", &db::Point::dramWriteBytes},
    Column{"compulsory_bytes", &db::Point::compulsoryBytes},
    Column{"l2_bytes", &db::Point::l2Bytes},
    Column{"l1_bytes", &db::Point::l1Bytes},
    Column{"energy_j", &db::Point::energyJ},
    Column{"sm_clock_hz", &db::Point::smClockHz},
    Column{"intensity", &db::PointRow::intensity},
    Column{"intensity_algorithmic", &db::PointRow::intensityAlgorithmic},
    Column{"flops_per_s", &db::PointRow::flopsPerS},
    Column{"useful_flops_per_s", &db::PointRow::usefulFlopsPerS},
    Column{"algorithmic_flops_per_s", &db::PointRow::algorithmicFlopsPerS},
    Column{"dram_bytes_per_s", &db::PointRow::dramBytesPerS},
    Column{"roof_flops_per_s", &db::PointRow::roofFlopsPerS},
    Column{"roof_at_clock_flops_per_s", &db::PointRow::roofAtClockFlopsPerS},
    Column{"roof_fraction", &db::PointRow::roofFraction},
    Column{"flop_inflation", &db::PointRow::flopInflation},
    Column{"byte_inflation", &db::PointRow::byteInflation},
};

const Column& columnNamed(std::string_view name) {
    const auto* found = std::ranges::find(columns, name, &Column::name);
    if (found != columns.end()) return *found;
    std::vector<std::string> known;
    known.reserve(columns.size());
    for (const Column& column : columns) known.emplace_back(column.name);
    std::string hint = "an axis takes a numeric column of v_points";
    const std::vector<std::string> near = catalog::nearest(name, known);
    if (!near.empty()) hint += ", for instance " + near.front();
    throw Error(ExitCode::usage, "no numeric column '" + std::string(name) + "'", hint);
}

template <class Visit>
void forEachName(std::string_view names, Visit visit) {
    while (true) {
        const std::size_t bar = names.find('|');
        if (visit(names.substr(0, bar)) || bar == std::string_view::npos) return;
        names.remove_prefix(bar + 1);
    }
}

}  // namespace

std::optional<ColumnValue> numericColumn(const db::PointRow& row, std::string_view names) {
    std::optional<ColumnValue> result;
    forEachName(names, [&](std::string_view name) {
        const Column& column = columnNamed(name);
        if (const std::optional<double> value = column.of(row)) result = ColumnValue{column.name, *value};
        return result.has_value();
    });
    return result;
}

std::optional<std::pair<double, double>> timeInterval(const db::PointRow& row, const ColumnValue& value) {
    const db::Point& point = row.point;
    if (!point.timeNs || !point.timeLowNs || !point.timeHighNs || *point.timeLowNs <= 0) return std::nullopt;
    if (value.column == "time_ns") return std::pair{*point.timeLowNs, *point.timeHighNs};
    const bool rate = value.column.ends_with("_per_s") && !value.column.starts_with("roof");
    if (!rate) return std::nullopt;
    return std::pair{value.value * *point.timeNs / *point.timeHighNs,
                     value.value * *point.timeNs / *point.timeLowNs};
}

void requireNumericColumns(std::string_view names) {
    forEachName(names, [](std::string_view name) {
        static_cast<void>(columnNamed(name));
        return false;
    });
}

}  // namespace ridge::gui
