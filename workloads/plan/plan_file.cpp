// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/plan_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "db/catalog/toml_file.hpp"
#include "workloads/plan/axis.hpp"
#include "workloads/plan/series_check.hpp"
#include "workloads/shape/dtype.hpp"

namespace ridge::plan {
namespace fs = std::filesystem;
namespace {

/// The model's own error, at the place of the plan that asks for it.
shape::Llm modelAt(const fs::path& file, const toml::table& table, std::string_view key) {
    const std::string name = catalog::requireString(file, table, key);
    try {
        return shape::loadLlm(name);
    } catch (const Error& error) {
        throw Error(error.code(), catalog::tomlError(file, *table.get(key), error.what()).what(),
                    error.hint());
    }
}

Repetition readRepetition(const fs::path& file, const toml::table& table) {
    catalog::requireKnownKeys(file, table, {"min_samples", "min_time_s", "max_time_s", "spread"});
    Repetition result;
    if (const toml::node* node = table.get("min_samples")) {
        result.minSamples = static_cast<int>(positiveInteger(file, *node, "min_samples"));
    }
    result.minTimeS = catalog::positiveOr(file, table, "min_time_s", result.minTimeS);
    result.maxTimeS = catalog::positiveOr(file, table, "max_time_s", result.maxTimeS);
    result.spread = catalog::positiveOr(file, table, "spread", result.spread);
    if (result.minTimeS > result.maxTimeS) {
        throw catalog::tomlError(file, table,
                                 fmt::format("'min_time_s' ({}) must not be above 'max_time_s' ({})",
                                             result.minTimeS, result.maxTimeS));
    }
    return result;
}

std::int64_t requireInteger(const fs::path& file, const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) throw catalog::tomlError(file, table, fmt::format("'{}' is missing", key));
    return positiveInteger(file, *node, key);
}

/// The name goes into a JSON text and into SQL expressions as it is.
std::string requirePlainName(const fs::path& file, const toml::table& table, std::string_view key) {
    std::string name = catalog::requireString(file, table, key);
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    if (name.empty() || name.find_first_not_of(plain) != std::string::npos) {
        throw catalog::tomlError(file, *table.get(key),
                                 fmt::format("'{}' must be letters, digits, '_', '-' and '.' only", key));
    }
    return name;
}

GemmDims readGemm(const fs::path& file, const toml::table& table) {
    catalog::requireKnownKeys(file, table, {"name", "n", "k"});
    return {requirePlainName(file, table, "name"), requireInteger(file, table, "n"),
            requireInteger(file, table, "k")};
}

Draft readDraft(const fs::path& file, const toml::table& table) {
    catalog::requireKnownKeys(file, table, {"model", "passes"});
    const toml::node* passes = table.get("passes");
    if (passes == nullptr) throw catalog::tomlError(file, table, "'passes' is missing");
    return {modelAt(file, table, "model").name, positiveIntegers(file, *passes, "passes")};
}

std::vector<std::string> readOperators(const fs::path& file, const toml::table& table) {
    const toml::node* node = table.get("operators");
    const toml::array* list = node == nullptr ? nullptr : node->as_array();
    if (list == nullptr || list->empty()) {
        throw catalog::tomlError(file, node == nullptr ? table : *node,
                                 "'operators' must be a list of at least one operator");
    }
    std::vector<std::string> operators;
    for (const toml::node& item : *list) {
        const auto name = item.value_exact<std::string>();
        if (!name) throw catalog::tomlError(file, item, "'operators' must be a list of texts in quotes");
        if (std::find(operators.begin(), operators.end(), *name) != operators.end()) {
            throw catalog::tomlError(file, item, fmt::format("operator '{}' is listed twice", *name));
        }
        operators.push_back(*name);
    }
    return operators;
}

std::string implementationOr(const fs::path& file, const toml::table& table, std::string fallback) {
    return catalog::choiceOr(file, table, "implementation", std::move(fallback),
                             {"cublas", "cublaslt-pinned", "fixed-tile", "invariant", "own"});
}

/// A series with the plan's own implementation and axes where it says nothing of its own.
Series readSeries(const fs::path& file, const toml::table& table, const std::string& implementation,
                  const Axes& axes) {
    catalog::requireKnownKeys(
        file, table,
        {"label", "phase", "implementation", "operators", "axes", "gemm", "draft", "emitted_tokens"});
    Series series;
    series.label = catalog::requireString(file, table, "label");
    series.phase = catalog::choiceOr(file, table, "phase", "", {"init", "ar", "spec"});
    series.implementation = implementationOr(file, table, implementation);
    if (const toml::table* own = catalog::tableOrNull(file, table, "axes")) {
        series.axes = readAxes(file, *own);
    }
    series.axes.insert(axes.begin(), axes.end());
    if (const toml::table* gemm = catalog::tableOrNull(file, table, "gemm")) {
        series.gemm = readGemm(file, *gemm);
    }
    if (const toml::table* draft = catalog::tableOrNull(file, table, "draft")) {
        series.draft = readDraft(file, *draft);
    }
    if (table.contains("emitted_tokens")) {
        series.emittedTokens = catalog::requirePositive(file, table, "emitted_tokens");
    }
    series.operators = readOperators(file, table);
    return series;
}

Plan readHead(const fs::path& file, const toml::table& table) {
    Plan plan;
    plan.name = file.stem().string();
    plan.title = catalog::requireString(file, table, "title");
    plan.workload = catalog::requireString(file, table, "workload");
    plan.workload =
        catalog::choiceOr(file, table, "workload", "", {"gemm", "transformer", "speculation", "invariant"});
    plan.dtype = catalog::requireString(file, table, "dtype");
    if (!shape::dtype(plan.dtype)) {
        throw catalog::tomlError(
            file, *table.get("dtype"),
            fmt::format("'dtype' must be one of {}, not '{}'", shape::dtypeNames(), plan.dtype));
    }
    plan.layout = catalog::choiceOr(file, table, "layout", "nt", {"nn", "nt"});
    plan.metricSet = catalog::stringOr(file, table, "metric_set", "roofline");
    plan.cache = catalog::choiceOr(file, table, "cache", "cold", {"cold", "warm", "rotate"});
    plan.contextHoldsStep = catalog::choiceOr(file, table, "context", "seq", {"seq", "seq+q"}) == "seq+q";
    if (const toml::table* repetition = catalog::tableOrNull(file, table, "repetition")) {
        plan.repetition = readRepetition(file, *repetition);
    }
    return plan;
}

}  // namespace

Plan readPlan(const fs::path& file) {
    const toml::table table = catalog::parseToml(file);
    catalog::requireKnownKeys(file, table,
                              {"title", "workload", "model", "dtype", "layout", "implementation",
                               "metric_set", "cache", "context", "repetition", "axes", "series"});
    Plan plan = readHead(file, table);
    std::optional<shape::Llm> model;
    if (table.contains("model")) model = modelAt(file, table, "model");
    if (model) plan.model = model->name;
    const std::string implementation = implementationOr(file, table, "cublas");
    const toml::table* axesTable = catalog::tableOrNull(file, table, "axes");
    const Axes axes = axesTable == nullptr ? Axes{} : readAxes(file, *axesTable);
    for (const toml::table* entry : catalog::tablesOf(file, table, "series")) {
        plan.series.push_back(readSeries(file, *entry, implementation, axes));
        requireRunnable(file, *entry, plan, model);
    }
    if (plan.series.empty()) throw catalog::tomlError(file, table, "a plan needs at least one [[series]]");
    return plan;
}

}  // namespace ridge::plan
