// SPDX-License-Identifier: Apache-2.0
// ridge list: what the program's data files offer.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "collector/cli/command.hpp"
#include "collector/cli/output.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/cli/text_table.hpp"
#include "collector/cli/units.hpp"
#include "db/analysis/roofline.hpp"
#include "db/catalog/devices.hpp"
#include "db/catalog/figure.hpp"
#include "db/catalog/share.hpp"
#include "db/export/record_json.hpp"
#include "workloads/plan/expand.hpp"
#include "workloads/plan/plan.hpp"
#include "workloads/shape/llm.hpp"

namespace ridge::cli {
namespace {

using nlohmann::json;
using Align = TextColumn::Align;

/// The same things twice: for people and for programs.
struct Listing {
    TextTable table;
    json array = json::array();
};

Listing plans() {
    Listing listing{{{{"plan"},
                      {"title", Align::left, 1},
                      {"workload", Align::left, 3},
                      {"model", Align::left, 2},
                      {"points", Align::right}},
                     {}}};
    for (const std::string& name : catalog::names("plans")) {
        const plan::Plan plan = plan::load(name);
        const std::size_t points = plan::expand(plan).size();
        listing.table.rows.push_back({name, plan.title, plan.workload, plan.model, std::to_string(points)});
        listing.array.push_back({{"plan", name},
                                 {"title", plan.title},
                                 {"workload", plan.workload},
                                 {"model", plan.model.empty() ? json() : json(plan.model)},
                                 {"points", points}});
    }
    return listing;
}

Listing workloads() {
    std::map<std::string, std::vector<std::string>> plansOf;
    for (const std::string& name : catalog::names("plans"))
        plansOf[plan::load(name).workload].push_back(name);
    Listing listing{{{{"workload"}, {"plans"}}, {}}};
    for (const auto& [workload, plans] : plansOf) {
        std::string list;
        for (const std::string& plan : plans) list += (list.empty() ? "" : ", ") + plan;
        listing.table.rows.push_back({workload, list});
        listing.array.push_back({{"workload", workload}, {"plans", plans}});
    }
    return listing;
}

Listing models() {
    Listing listing{{{{"model"},
                      {"layers", Align::right},
                      {"hidden", Align::right},
                      {"heads", Align::right},
                      {"kv heads", Align::right},
                      {"head dim", Align::right},
                      {"ffn", Align::right},
                      {"vocab", Align::right},
                      {"layer weights", Align::right, 1}},
                     {}}};
    for (const std::string& name : catalog::names("models")) {
        const shape::Llm llm = shape::loadLlm(name);
        const auto text = [](std::int64_t value) { return std::to_string(value); };
        listing.table.rows.push_back({name, text(llm.layers), text(llm.hidden), text(llm.heads),
                                      text(llm.kvHeads), text(llm.headDim), text(llm.ffn), text(llm.vocab),
                                      withPrefix(shape::layerParameters(llm), "")});
        listing.array.push_back({{"model", name},
                                 {"layers", llm.layers},
                                 {"hidden", llm.hidden},
                                 {"heads", llm.heads},
                                 {"kv_heads", llm.kvHeads},
                                 {"head_dim", llm.headDim},
                                 {"ffn", llm.ffn},
                                 {"vocab", llm.vocab},
                                 {"layer_parameters", shape::layerParameters(llm)}});
    }
    return listing;
}

const db::Ceiling* ceiling(const db::DeviceSheet& sheet, std::string_view name) {
    const auto found = std::find_if(sheet.ceilings.begin(), sheet.ceilings.end(),
                                    [name](const db::Ceiling& c) { return c.name == name; });
    return found == sheet.ceilings.end() ? nullptr : &*found;
}

Listing devices() {
    Listing listing{{{{"device"},
                      {"chip", Align::left, 2},
                      {"tensor bf16", Align::right},
                      {"DRAM", Align::right},
                      {"ridge FLOP/B", Align::right},
                      {"memory", Align::right, 1},
                      {"origin", Align::left, 0}},
                     {}}};
    for (const db::DeviceSheet& sheet : catalog::devices()) {
        const db::Ceiling* peak = ceiling(sheet, "tensor_bf16");
        const db::Ceiling* dram = ceiling(sheet, "dram");
        const auto memory = sheet.device.memoryBytes;
        std::string ridge;
        if (peak != nullptr && dram != nullptr)
            ridge = plain(analysis::ridgePoint({peak->value, dram->value}));
        listing.table.rows.push_back({sheet.device.name, sheet.device.chip,
                                      peak != nullptr ? withPrefix(peak->value, "FLOP/s", 4) : "",
                                      dram != nullptr ? withPrefix(dram->value, "B/s", 4) : "", ridge,
                                      memory ? withPrefix(static_cast<double>(*memory), "B") : "",
                                      dram != nullptr ? dram->origin : ""});
        json object = db::toJson(sheet.device);
        object["ceilings"] = json::array();
        for (const db::Ceiling& each : sheet.ceilings) object["ceilings"].push_back(db::toJson(each));
        listing.array.push_back(std::move(object));
    }
    return listing;
}

Listing figures() {
    Listing listing{{{{"figure"}, {"title", Align::left, 1}, {"plan"}}, {}}};
    for (const std::string& name : catalog::names("figures")) {
        const catalog::Figure figure = catalog::figure(name);
        listing.table.rows.push_back({name, figure.title, figure.plan});
        listing.array.push_back({{"figure", name}, {"title", figure.title}, {"plan", figure.plan}});
    }
    return listing;
}

int printed(const Listing& listing, bool asJson) {
    if (asJson)
        print(listing.array.dump(2) + "\n");
    else
        print(aligned(listing.table, terminalWidth(STDOUT_FILENO)));
    return status(ExitCode::done);
}

void addListing(CLI::App& list, Command& chosen, const std::string& name, const std::string& about,
                Listing (*listing)()) {
    auto* command = list.add_subcommand(name, about);
    command->allow_extras();
    auto asJson = std::make_shared<bool>(false);
    command->add_flag("--json", *asJson, "A JSON array of objects");
    command->callback(
        [&chosen, asJson, listing] { chosen = [asJson, listing] { return printed(listing(), *asJson); }; });
}

}  // namespace

void addList(CLI::App& app, Command& chosen) {
    auto* list = app.add_subcommand("list", "List plans, workloads, models, metrics, devices or figures");
    list->allow_extras();
    addListing(*list, chosen, "plans", "What ridge collect can run", plans);
    addListing(*list, chosen, "workloads", "The kinds of work that plans are made of", workloads);
    addListing(*list, chosen, "models", "LLMs whose dimensions are known", models);
    addListMetrics(*list, chosen);
    addListing(*list, chosen, "devices", "GPUs with data-sheet ceilings, for --model and for roofs", devices);
    addListing(*list, chosen, "figures", "Charts that ridge-gui --figure draws", figures);
}

}  // namespace ridge::cli
