// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/series_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "db/catalog/toml_file.hpp"
#include "workloads/plan/setting.hpp"
#include "workloads/shape/operator.hpp"

namespace ridge::plan {
namespace fs = std::filesystem;
namespace {

bool has(const Series& series, std::string_view op) {
    return std::find(series.operators.begin(), series.operators.end(), op) != series.operators.end();
}

bool attends(const Series& series) {
    return std::any_of(series.operators.begin(), series.operators.end(), [](const std::string& op) {
        return shape::isAttention(op) || op == "layer" || op == "step";
    });
}

/// The node of a key, or the series itself where the key is absent.
const toml::node& at(const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    return node == nullptr ? table : *node;
}

void requireOperators(const fs::path& file, const toml::table& table, const Series& series,
                      const std::optional<shape::Llm>& model) {
    if (series.gemm) {
        if (series.operators == std::vector<std::string>{"gemm"}) return;
        throw catalog::tomlError(file, at(table, "operators"),
                                 "a series with 'gemm' has operators = [\"gemm\"] and no others");
    }
    if (has(series, "gemm")) {
        throw catalog::tomlError(file, at(table, "operators"),
                                 "operator 'gemm' needs gemm = { name = ..., n = ..., k = ... }");
    }
    if (!model) {
        throw catalog::tomlError(file, at(table, "operators"), "these operators need the plan's 'model'");
    }
    for (std::size_t i = 0; i < series.operators.size(); ++i) {
        const std::string& op = series.operators[i];
        if (op == "layer" || op == "step" || shape::hasOperator(*model, op)) continue;
        throw catalog::tomlError(
            file, *table.get("operators")->as_array()->get(i),
            fmt::format("{} has no operator '{}'; it has {}, lm_head, layer, step", model->name, op,
                        fmt::join(shape::layerOperators(*model), ", ")));
    }
}

void requireAxes(const fs::path& file, const toml::table& table, const Series& series) {
    const auto require = [&](std::string_view axis, bool needed, std::string_view why) {
        if (needed == series.axes.contains(std::string(axis))) return;
        throw catalog::tomlError(file, at(table, "axes"), fmt::format("{} axis '{}'", why, axis));
    };
    if (series.gemm) {
        require("tokens", true, "a gemm needs the");
        for (const auto& [axis, values] : series.axes) require(axis, axis == "tokens", "a gemm has no");
        return;
    }
    require("tokens", false, "only a gemm has the");
    require("batch", true, "a model's operators need the");
    if (series.phase == "spec")
        require("spec", true, "phase 'spec' needs the");
    else
        require("spec", false, "only phase 'spec' has the");
    if (series.phase == "init" || attends(series)) {
        require("seq", true, "prefill, attention, layers and steps need the");
    }
}

void requirePhase(const fs::path& file, const toml::table& table, const Series& series) {
    if (series.gemm && !series.phase.empty()) {
        throw catalog::tomlError(file, at(table, "phase"), "a gemm has no phase");
    }
    if (!series.gemm && series.phase.empty()) {
        throw catalog::tomlError(file, table, "'phase' is missing: init, ar or spec");
    }
    if (has(series, "step") && series.phase == "init") {
        throw catalog::tomlError(file, at(table, "phase"), "a step decodes: its phase is ar or spec");
    }
}

void requireSpeculation(const fs::path& file, const toml::table& table, const Series& series) {
    const bool speculates = series.phase == "spec" && has(series, "step");
    if (speculates && !series.emittedTokens) {
        throw catalog::tomlError(
            file, table, "a speculative step needs 'emitted_tokens', the number it is assumed to keep");
    }
    for (const std::string_view key : {"emitted_tokens", "draft"}) {
        if (speculates || !table.contains(key)) continue;
        throw catalog::tomlError(file, at(table, key),
                                 fmt::format("'{}' belongs to operator 'step' in phase 'spec'", key));
    }
}

void requireLabel(const fs::path& file, const toml::table& table, const Plan& plan) {
    const Series& series = plan.series.back();
    if (const auto unknown = unknownPlaceholder(series)) {
        throw catalog::tomlError(file, at(table, "label"),
                                 fmt::format("'{}' in the label is no axis of the series", *unknown));
    }
    for (auto other = plan.series.begin(); other + 1 != plan.series.end(); ++other) {
        if (other->label != series.label) continue;
        throw catalog::tomlError(file, at(table, "label"),
                                 fmt::format("two series are called '{}'", series.label));
    }
}

}  // namespace

void requireRunnable(const fs::path& file, const toml::table& table, const Plan& plan,
                     const std::optional<shape::Llm>& model) {
    const Series& series = plan.series.back();
    requireOperators(file, table, series, model);
    requirePhase(file, table, series);
    requireAxes(file, table, series);
    requireSpeculation(file, table, series);
    requireLabel(file, table, plan);
}

}  // namespace ridge::plan
