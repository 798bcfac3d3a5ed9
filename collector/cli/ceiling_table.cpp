// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/ceiling_table.hpp"

#include "collector/cli/units.hpp"
#include "db/export/record_json.hpp"
#include "workloads/shape/ceiling.hpp"

namespace ridge::cli {
namespace {

using supervisor::CeilingOutcome;

bool isRoof(const CeilingOutcome& outcome) {
    return outcome.state == CeilingOutcome::State::measured && outcome.ceiling;
}

std::vector<std::string> rowOf(const CeilingOutcome& outcome) {
    std::vector<std::string> row(7);
    row[0] = outcome.name;
    if (outcome.datasheet)
        row[2] = rateText(*outcome.datasheet, std::string(shape::measuredCeiling(outcome.name).unit));
    row[6] = outcome.reason;
    if (!isRoof(outcome)) return row;
    const db::Ceiling& ceiling = *outcome.ceiling;
    row[1] = rateText(ceiling.value, ceiling.unit);
    if (outcome.datasheet) row[3] = plain(100 * ceiling.value / *outcome.datasheet) + " %";
    if (ceiling.clockHz) row[4] = plain(*ceiling.clockHz * 1e-6, 4) + " MHz";
    if (ceiling.spread) row[5] = plain(100 * *ceiling.spread, 2) + " %";
    row[6] = ceiling.method;
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
    table.columns = {{"ceiling", Align::left, 0},     {"measured", Align::right, 0},
                     {"data sheet", Align::right, 2}, {"of it", Align::right, 1},
                     {"SM clock", Align::right, 3},   {"spread", Align::right, 4},
                     {"how", Align::left, 0}};
    for (const CeilingOutcome& outcome : outcomes) table.rows.push_back(rowOf(outcome));
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
    return event;
}

}  // namespace ridge::cli
