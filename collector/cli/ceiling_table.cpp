// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/ceiling_table.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include "collector/cli/units.hpp"
#include "db/export/record_json.hpp"
#include "workloads/shape/ceiling.hpp"

namespace ridge::cli {
namespace {

using supervisor::CeilingOutcome;

bool isRoof(const CeilingOutcome& outcome) {
    return outcome.state == CeilingOutcome::State::measured && outcome.ceiling;
}

/// "1.01000 GB" for so many bytes of a launch: its numbers differ in what padding and caches do. Empty where
/// there is none.
std::string workText(const double* value, const std::string& unit) {
    constexpr int digits = 6;
    if (value == nullptr) return {};
    return withPrefix(*value, unit == "byte/s" ? "B" : unit == "op/s" ? "OP" : "FLOP", digits);
}

const double* pointer(const std::optional<double>& value) {
    return value ? &*value : nullptr;
}

std::vector<std::string> rowOf(const CeilingOutcome& outcome) {
    std::vector<std::string> row(9);
    row[0] = outcome.name;
    if (outcome.datasheet)
        row[2] = rateText(*outcome.datasheet, std::string(shape::measuredCeiling(outcome.name).unit));
    row[8] = outcome.reason;
    if (!isRoof(outcome)) return row;
    const db::Ceiling& ceiling = *outcome.ceiling;
    row[1] = rateText(ceiling.value, ceiling.unit);
    if (outcome.datasheet) row[3] = plain(100 * ceiling.value / *outcome.datasheet) + " %";
    if (ceiling.clockHz) row[4] = plain(*ceiling.clockHz * 1e-6, 4) + " MHz";
    if (ceiling.spread) row[5] = plain(100 * *ceiling.spread, 2) + " %";
    row[6] = workText(pointer(ceiling.counted), ceiling.unit);
    row[7] = workText(pointer(ceiling.expected), ceiling.unit);
    row[8] = ceiling.method;  // which begins with the kernel
    return row;
}

}  // namespace

std::string rateText(double value, const std::string& unit) {
    if (unit == "byte/s") return withPrefix(value, "B/s", 4);
    return withPrefix(value, unit == "op/s" ? "OP/s" : "FLOP/s", 4);
}

TextTable ceilingTable(const std::vector<CeilingOutcome>& outcomes) {
    using Align = TextColumn::Align;
    TextTable table;
    table.columns = {
        {"ceiling", Align::left, 0},  {"measured", Align::right, 0}, {"data sheet", Align::right, 2},
        {"of it", Align::right, 1},   {"SM clock", Align::right, 3}, {"spread", Align::right, 4},
        {"counted", Align::right, 5}, {"expected", Align::right, 6}, {"how", Align::left, 0}};
    for (const CeilingOutcome& outcome : outcomes) table.rows.push_back(rowOf(outcome));
    dropEmptyColumns(table);
    return table;
}

TextTable readableCeilings(const db::Table& ceilings) {
    using Align = TextColumn::Align;
    TextTable table;
    table.columns = {
        {"file", Align::left, 5},      {"device", Align::left, 3},    {"ceiling", Align::left, 0},
        {"value", Align::right, 0},    {"origin", Align::left, 0},    {"of data sheet", Align::right, 3},
        {"SM clock", Align::right, 2}, {"spread", Align::right, 4},   {"measured", Align::left, 1},
        {"counted", Align::right, 7},  {"expected", Align::right, 8}, {"how", Align::left, 6}};
    for (const auto& row : ceilings.rows) {
        const auto cell = [&](const char* name) -> const db::Cell* {
            const auto found = std::find(ceilings.columns.begin(), ceilings.columns.end(), name);
            if (found == ceilings.columns.end()) return nullptr;
            return &row[static_cast<std::size_t>(found - ceilings.columns.begin())];
        };
        const auto text = [&](const char* name) {
            const auto* value = std::get_if<std::string>(cell(name));
            return value != nullptr ? *value : std::string();
        };
        const auto number = [&](const char* name) { return std::get_if<double>(cell(name)); };
        const double* clock = number("clock_hz");
        const double* spread = number("spread");
        const double* share = number("of_datasheet");
        table.rows.push_back({text("file"), text("device"), text("name"),
                              rateText(*number("value"), text("unit")), text("origin"),
                              share != nullptr ? plain(100 * *share) + " %" : std::string(),
                              clock != nullptr ? plain(*clock * 1e-6, 4) + " MHz" : std::string(),
                              spread != nullptr ? plain(100 * *spread, 2) + " %" : std::string(),
                              text("measured_at"), workText(number("counted"), text("unit")),
                              workText(number("expected"), text("unit")), text("method")});
    }
    dropEmptyColumns(table);
    return table;
}

nlohmann::json ceilingEvent(const CeilingOutcome& outcome, const db::Device& device) {
    nlohmann::json event = nlohmann::json::object();
    if (isRoof(outcome)) event = db::toJson(*outcome.ceiling);
    event["event"] = "ceiling";
    event["name"] = outcome.name;
    event["state"] = supervisor::toText(outcome.state);
    event["device"] = device.name;
    if (!device.uuid.empty()) event["device_uuid"] = device.uuid;
    if (outcome.datasheet) event["datasheet"] = *outcome.datasheet;
    if (isRoof(outcome) && outcome.datasheet)
        event["of_datasheet"] = outcome.ceiling->value / *outcome.datasheet;
    if (!outcome.reason.empty()) event["reason"] = outcome.reason;
    if (!outcome.flags.empty()) event["flags"] = outcome.flags;
    return event;
}

}  // namespace ridge::cli
