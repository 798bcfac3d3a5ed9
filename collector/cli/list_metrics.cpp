// SPDX-License-Identifier: Apache-2.0
// ridge list metrics: which counters a chip has for a metric set, and in how many passes. Only CUPTI knows.
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "collector/cli/command.hpp"
#include "collector/cli/output.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/cli/text_table.hpp"
#include "collector/metrics/metric_set.hpp"
#include "collector/supervisor/bench.hpp"
#include "db/catalog/share.hpp"

namespace ridge::cli {
namespace {

using Align = TextColumn::Align;

struct MetricsOptions {
    std::string chip, set;
    bool json = false;
};

constexpr std::chrono::seconds patience{120};

nlohmann::json toJson(const protocol::MetricPlan& plan) {
    return {{"chip", plan.chip},
            {"set", plan.set},
            {"passes", plan.passes},
            {"metrics", plan.metrics},
            {"missing", plan.missing}};
}

/// The counters that would play a role that the chip leaves open: ": no dram__bytes_read.sum, no ...".
std::string sought(const metrics::MetricSet& set, const std::string& role) {
    for (const metrics::CounterRule& rule : set.counters) {
        if (rule.role == role) return fmt::format(": no {}", fmt::join(rule.anyOf, ", no "));
    }
    for (const metrics::LeafRule& rule : set.leaves) {
        if (rule.role == role) return fmt::format(": no counter named {}...", rule.prefix);
    }
    return {};
}

void printPlan(const protocol::MetricPlan& plan, const metrics::MetricSet& set) {
    print(fmt::format("{} on {}: {} metrics in {} pass{}\n", plan.set, plan.chip, plan.metrics.size(),
                      plan.passes, plan.passes == 1 ? "" : "es"));
    for (const std::string& metric : plan.metrics) print("  " + metric + "\n");
    for (const std::string& rule : plan.missing) print("  missing: " + rule + sought(set, rule) + "\n");
}

void printTable(const std::vector<protocol::MetricPlan>& plans) {
    TextTable table{
        {{"chip"}, {"set"}, {"passes", Align::right}, {"metrics", Align::right}, {"missing", Align::left, 1}},
        {}};
    for (const protocol::MetricPlan& plan : plans) {
        std::string missing;
        for (const std::string& rule : plan.missing) missing += (missing.empty() ? "" : ", ") + rule;
        table.rows.push_back(
            {plan.chip, plan.set, std::to_string(plan.passes), std::to_string(plan.metrics.size()), missing});
    }
    print(aligned(table, terminalWidth(STDOUT_FILENO)));
}

std::vector<protocol::MetricPlan> plansOf(const MetricsOptions& options) {
    std::vector<std::string> sets{options.set};
    if (options.set.empty())
        sets = metrics::setNames();
    else
        static_cast<void>(metrics::loadSet(options.set));
    supervisor::WorkerProcess worker = supervisor::requireWorker(ExitCode::failed);
    std::vector<protocol::MetricPlan> plans;
    for (const std::string& set : sets) {
        const nlohmann::json request{{"request", "metrics"}, {"chip", options.chip}, {"set", set}};
        for (auto& plan : protocol::decodeMetricPlans(supervisor::reply(worker, request.dump(), patience)))
            plans.push_back(std::move(plan));
    }
    return plans;
}

int listMetrics(const MetricsOptions& options) {
    const std::vector<protocol::MetricPlan> plans = plansOf(options);
    const bool one = !options.set.empty() && plans.size() == 1;
    if (!options.json && one) {
        printPlan(plans.front(), metrics::loadSet(options.set));
    } else if (!options.json) {
        printTable(plans);
    } else if (one && !options.chip.empty()) {
        print(toJson(plans.front()).dump(2) + "\n");
    } else {
        nlohmann::json array = nlohmann::json::array();
        for (const protocol::MetricPlan& plan : plans) array.push_back(toJson(plan));
        print(array.dump(2) + "\n");
    }
    return status(ExitCode::done);
}

}  // namespace

void addListMetrics(CLI::App& list, Command& chosen) {
    auto* command = list.add_subcommand("metrics", "The counters of each chip, and the passes they take");
    command->allow_extras();
    auto options = std::make_shared<MetricsOptions>();
    command
        ->add_option("--chip", options->chip,
                     "One chip, in any case, as CUPTI names it: GH100 (default: every chip)")
        ->option_text("CHIP");
    command->add_option("--set", options->set, "One metric set (default: every set)")->option_text("SET");
    command->add_flag("--json", options->json, "A JSON array; with --chip and --set one object");
    command->callback([&chosen, options] { chosen = [options] { return listMetrics(*options); }; });
}

}  // namespace ridge::cli
