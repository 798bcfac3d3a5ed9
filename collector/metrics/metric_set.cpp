// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/metric_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <set>

#include "db/catalog/share.hpp"
#include "db/catalog/toml_file.hpp"

namespace ridge::metrics {
namespace {

using catalog::requireKnownKeys;
using catalog::requireString;
using catalog::stringOr;
using catalog::tomlError;
using std::filesystem::path;

/// What a name or a unit must be: the results file takes no empty one.
std::string requireName(const path& file, const toml::table& table, std::string_view key) {
    std::string name = requireString(file, table, key);
    if (name.empty()) throw tomlError(file, *table.get(key), fmt::format("'{}' must not be empty", key));
    return name;
}

std::vector<std::string> texts(const path& file, const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return {};
    if (!node->is_array()) throw tomlError(file, *node, fmt::format("'{}' must be a list of texts", key));
    std::vector<std::string> list;
    for (const toml::node& element : *node->as_array()) {
        const auto text = element.value_exact<std::string>();
        if (!text || text->empty()) throw tomlError(file, element, fmt::format("'{}' must hold texts", key));
        list.push_back(*text);
    }
    return list;
}

std::map<std::string, double> weightsOf(const path& file, const toml::table& table) {
    std::map<std::string, double> weights;
    const toml::table* list = catalog::tableOrNull(file, table, "weights");
    if (list == nullptr) return weights;
    for (const auto& entry : *list) {
        const std::string role(entry.first.str());
        weights[role] = catalog::requirePositive(file, *list, role);
    }
    return weights;
}

Axis axisOf(const path& file, const toml::table& table) {
    return catalog::choiceOr(file, table, "axis", "flop", {"flop", "op"}) == "op" ? Axis::op : Axis::flop;
}

CounterRule readCounter(const path& file, const toml::table& table) {
    requireKnownKeys(file, table, {"role", "any_of", "unit", "about", "optional"});
    CounterRule rule{requireName(file, table, "role"), texts(file, table, "any_of"),
                     requireName(file, table, "unit"), stringOr(file, table, "about", ""),
                     catalog::boolOr(file, table, "optional", false)};
    if (rule.anyOf.empty()) throw tomlError(file, table, "a counter needs 'any_of', a list of counter names");
    return rule;
}

LeafRule readLeaves(const path& file, const toml::table& table) {
    requireKnownKeys(file, table, {"role", "prefix", "rollup", "exclude", "axis", "sparse", "about"});
    return {requireName(file, table, "role"),
            requireName(file, table, "prefix"),
            stringOr(file, table, "rollup", ".sum"),
            texts(file, table, "exclude"),
            axisOf(file, table),
            catalog::boolOr(file, table, "sparse", false),
            stringOr(file, table, "about", "")};
}

ProbeRule readProbe(const path& file, const toml::table& table) {
    requireKnownKeys(file, table, {"any_of", "uncovered", "about"});
    ProbeRule rule{texts(file, table, "any_of"), texts(file, table, "uncovered"),
                   stringOr(file, table, "about", "")};
    if (rule.anyOf.empty()) throw tomlError(file, table, "a probe needs 'any_of', a list of counter names");
    return rule;
}

PathRule readPath(const path& file, const toml::table& table) {
    requireKnownKeys(file, table, {"name", "axis", "weights", "op", "src", "dst", "upper_bound", "about"});
    PathRule rule{requireName(file, table, "name"),
                  axisOf(file, table),
                  weightsOf(file, table),
                  stringOr(file, table, "op", ""),
                  stringOr(file, table, "src", ""),
                  stringOr(file, table, "dst", ""),
                  catalog::boolOr(file, table, "upper_bound", false),
                  stringOr(file, table, "about", "")};
    const bool ofLeaves = !(rule.op.empty() && rule.src.empty() && rule.dst.empty());
    if (ofLeaves != rule.weights.empty()) {
        throw tomlError(file, table, "a path is either made of 'weights' or chosen by 'op', 'src', 'dst'");
    }
    return rule;
}

OverlapRule readOverlap(const path& file, const toml::table& table) {
    requireKnownKeys(file, table, {"leaves", "about"});
    const std::vector<std::string> leaves = texts(file, table, "leaves");
    if (leaves.size() != 2 || leaves[0] == leaves[1])
        throw tomlError(file, table, "an overlap needs 'leaves', a list of two counter names");
    return {leaves[0], leaves[1], stringOr(file, table, "about", "")};
}

QuantityRule readQuantity(const path& file, const toml::table& table) {
    requireKnownKeys(file, table, {"name", "unit", "weights"});
    QuantityRule rule{requireName(file, table, "name"), requireName(file, table, "unit"),
                      weightsOf(file, table)};
    if (rule.weights.empty()) throw tomlError(file, table, "a quantity needs 'weights'");
    return rule;
}

/// Every weight must name a role that some counter rule of the finished set plays.
void requireKnownRoles(const path& file, const toml::table& table, const MetricSet& set,
                       const std::map<std::string, double>& weights) {
    for (const auto& [role, weight] : weights) {
        const auto plays = [&name = role](const CounterRule& rule) { return rule.role == name; };
        if (std::none_of(set.counters.begin(), set.counters.end(), plays)) {
            throw tomlError(file, table, fmt::format("no [[counter]] has the role '{}'", role));
        }
    }
}

/// Appends a file and, before it, what it includes; a file that was read already adds nothing.
void appendFile(const path& file, MetricSet& set, std::set<path>& read) {
    if (!read.insert(std::filesystem::weakly_canonical(file)).second) return;
    const toml::table root = catalog::parseToml(file);
    requireKnownKeys(file, root,
                     {"summary", "prose", "formula_version", "include", "flops_total", "counter", "leaves",
                      "probe", "path", "overlap", "quantity"});
    for (const std::string& name : texts(file, root, "include")) {
        appendFile(catalog::fileOf("metrics", "metric set", name), set, read);
    }
    set.summary = requireString(file, root, "summary");
    set.prose = stringOr(file, root, "prose", "");
    set.formulaVersion = std::max(set.formulaVersion,
                                  static_cast<int>(catalog::requirePositive(file, root, "formula_version")));
    set.countsAllFlops = catalog::boolOr(file, root, "flops_total", false) || set.countsAllFlops;
    for (const toml::table* table : catalog::tablesOf(file, root, "counter")) {
        set.counters.push_back(readCounter(file, *table));
    }
    for (const toml::table* table : catalog::tablesOf(file, root, "leaves")) {
        set.leaves.push_back(readLeaves(file, *table));
    }
    for (const toml::table* table : catalog::tablesOf(file, root, "probe")) {
        set.probes.push_back(readProbe(file, *table));
    }
    for (const toml::table* table : catalog::tablesOf(file, root, "path")) {
        set.paths.push_back(readPath(file, *table));
        requireKnownRoles(file, *table, set, set.paths.back().weights);
    }
    for (const toml::table* table : catalog::tablesOf(file, root, "overlap")) {
        set.overlaps.push_back(readOverlap(file, *table));
    }
    for (const toml::table* table : catalog::tablesOf(file, root, "quantity")) {
        set.quantities.push_back(readQuantity(file, *table));
        requireKnownRoles(file, *table, set, set.quantities.back().weights);
    }
}

/// One meaning a name: a role or quantity that two files define would be counted twice or shadowed.
template <class Rules, class NameOf>
void requireDistinct(const path& file, const Rules& rules, NameOf nameOf) {
    std::set<std::string> names;
    for (const auto& rule : rules) {
        if (!names.insert(nameOf(rule)).second) {
            throw Error(ExitCode::usage,
                        fmt::format("{}: '{}' is defined twice", file.string(), nameOf(rule)),
                        "rename it, here or in the sets that 'include' names");
        }
    }
}

/// FNV-1a of 32 bits (Fowler, Noll, Vo): tells versions of a file apart, and is no secret.
std::uint32_t hashOf(const path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::uint32_t hash = 2166136261U;
    for (std::istreambuf_iterator<char> byte(stream), end; byte != end; ++byte)
        hash = (hash ^ static_cast<unsigned char>(*byte)) * 16777619U;
    return hash;
}

}  // namespace

MetricSet loadSet(std::string_view nameOrPath) {
    const path file = catalog::fileOf("metrics", "metric set", nameOrPath);
    MetricSet set;
    set.name = file.stem().string();
    set.recordedAs = file == path(nameOrPath) ? fmt::format("{}@{:08x}", set.name, hashOf(file)) : set.name;
    std::set<path> read;
    appendFile(file, set, read);
    requireDistinct(file, set.counters, [](const CounterRule& rule) { return rule.role; });
    requireDistinct(file, set.leaves, [](const LeafRule& rule) { return rule.role; });
    requireDistinct(file, set.quantities, [](const QuantityRule& rule) { return rule.name; });
    return set;
}

std::vector<std::string> setNames() {
    return catalog::names("metrics");
}

}  // namespace ridge::metrics
