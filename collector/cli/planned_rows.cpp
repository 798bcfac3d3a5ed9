// SPDX-License-Identifier: Apache-2.0
// ridge collect --dry-run: the rows a plan comes down to.
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "collector/cli/collect_run.hpp"
#include "collector/cli/output.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/cli/text_table.hpp"
#include "collector/cli/units.hpp"
#include "db/export/record_json.hpp"

namespace ridge::cli {
namespace {

using Align = TextColumn::Align;

std::string text(const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : std::string();
}

TextTable tableOf(const supervisor::PlannedWork& work) {
    TextTable table{{{"series", Align::left, 1},
                     {"operator", Align::left, 0},
                     {"phase", Align::left, 2},
                     {"impl", Align::left, 4},
                     {"batch", Align::right, 1},
                     {"seq", Align::right, 1},
                     {"spec", Align::right, 1},
                     {"tokens", Align::right, 3},
                     {"M", Align::right, 2},
                     {"N", Align::right, 2},
                     {"K", Align::right, 2},
                     {"FLOPs", Align::right, 0},
                     {"compulsory", Align::right, 0},
                     {"FLOP/B", Align::right, 5}},
                    {}};
    for (std::size_t i = 0; i < work.points.size(); ++i) {
        if (!work.selected[i]) continue;
        const db::Point& p = work.points[i].point;
        table.rows.push_back({p.series, p.op, p.phase, p.implementation, text(p.batch), text(p.seq),
                              text(p.spec), text(p.tokens), text(p.m), text(p.n), text(p.k),
                              withPrefix(p.flopsAlgorithmic.value(), "FLOP"),
                              withPrefix(p.compulsoryBytes.value(), "B"),
                              plain(p.flopsAlgorithmic.value() / p.compulsoryBytes.value())});
    }
    dropEmptyColumns(table);
    return table;
}

void printJson(const supervisor::PlannedWork& work, const db::Device& device) {
    nlohmann::json plan{
        {"event", "plan"}, {"plan", work.plan.name}, {"points", supervisor::selectedCount(work)}};
    if (!device.name.empty()) plan["device"] = device.name;
    print(plan.dump() + "\n");
    for (std::size_t i = 0; i < work.points.size(); ++i) {
        if (!work.selected[i]) continue;
        nlohmann::json row = db::toJson(work.points[i].point);
        row.erase("status");  // nothing has happened yet
        row.erase("provenance");
        row["event"] = "planned";
        print(row.dump() + "\n");
    }
}

}  // namespace

void printPlanned(const std::vector<supervisor::PlannedWork>& works, const db::Device& device, bool json) {
    for (const supervisor::PlannedWork& work : works) {
        if (json) {
            printJson(work, device);
            continue;
        }
        print(work.plan.name + ": " + counted(supervisor::selectedCount(work), "point") + "\n");
        print(aligned(tableOf(work), terminalWidth(STDOUT_FILENO)));
    }
}

}  // namespace ridge::cli
