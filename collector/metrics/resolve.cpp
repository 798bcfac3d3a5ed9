// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "collector/metrics/tensor_leaf.hpp"

namespace ridge::metrics {
namespace {

struct Candidate {
    std::string base;
    TensorName parts;
};

/// The counters under the rule's prefix; a name that cannot be read goes to `missing`, so that it is not
/// lost.
std::vector<Candidate> candidatesOf(const LeafRule& rule, const std::vector<std::string>& baseMetrics,
                                    std::vector<std::string>& missing) {
    std::vector<Candidate> candidates;
    for (const std::string& base : baseMetrics) {
        if (!base.starts_with(rule.prefix)) continue;
        const auto has = [&](const std::string& text) { return base.find(text) != std::string::npos; };
        if (std::any_of(rule.exclude.begin(), rule.exclude.end(), has)) continue;
        if (const auto parts = parseTensorName(std::string_view(base).substr(rule.prefix.size()))) {
            candidates.push_back({base, *parts});
        } else {
            missing.push_back(fmt::format("{}: cannot read the name {}", rule.role, base));
        }
    }
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.base < b.base; });
    return candidates;
}

bool isLeaf(const Candidate& candidate, const std::vector<Candidate>& all) {
    return std::none_of(all.begin(), all.end(),
                        [&](const Candidate& other) { return isPartOf(other.parts, candidate.parts); });
}

bool matches(const PathRule& path, const TensorName& parts) {
    const bool forLeaves = !(path.op.empty() && path.src.empty() && path.dst.empty());
    return forLeaves && (path.op.empty() || path.op == parts.op) &&
           (path.src.empty() || path.src == parts.src) && (path.dst.empty() || path.dst == parts.dst);
}

/// nullptr when no path takes the leaf. Integer sources are known by their name, whatever the set's paths
/// are.
const PathRule* pathOf(const MetricSet& set, const TensorName& parts) {
    const auto path = std::find_if(set.paths.begin(), set.paths.end(),
                                   [&](const PathRule& rule) { return matches(rule, parts); });
    return path == set.paths.end() ? nullptr : &*path;
}

bool isInteger(const TensorName& parts) {
    return parts.src.starts_with("int") || parts.src.starts_with("uint");
}

void resolveLeaves(const MetricSet& set, const LeafRule& rule, const std::vector<std::string>& baseMetrics,
                   Resolution& resolution) {
    bool found = false;
    const std::vector<Candidate> candidates = candidatesOf(rule, baseMetrics, resolution.missing);
    for (const Candidate& candidate : candidates) {
        const TensorName& parts = candidate.parts;
        if ((parts.sparsity == "on") != rule.sparse || isInteger(parts) != (rule.axis == Axis::op)) continue;
        if (!isLeaf(candidate, candidates)) continue;
        found = true;
        const PathRule* path = pathOf(set, parts);
        if (path == nullptr || path->axis != rule.axis) {
            resolution.missing.push_back(fmt::format("{}: {} has no path", rule.role, candidate.base));
            continue;
        }
        resolution.leaves.push_back({rule.role, candidate.base + rule.rollup,
                                     path->name + (rule.sparse ? "_sparse" : ""), rule.axis, rule.sparse});
    }
    if (!found) resolution.missing.push_back(rule.role);
}

std::optional<std::string> firstOf(const std::vector<std::string>& anyOf,
                                   const std::set<std::string>& bases) {
    for (const std::string& metric : anyOf) {
        if (bases.contains(baseName(metric))) return metric;
    }
    return std::nullopt;
}

/// The first probe that the chip has a counter for.
std::optional<Probe> resolveProbe(const MetricSet& set, const std::vector<TensorLeaf>& leaves,
                                  const std::set<std::string>& bases) {
    for (const ProbeRule& rule : set.probes) {
        const auto metric = firstOf(rule.anyOf, bases);
        if (!metric) continue;
        Probe probe{*metric, {}};
        for (const TensorLeaf& leaf : leaves) {
            const auto has = [&](const std::string& text) {
                return leaf.metric.find(text) != std::string::npos;
            };
            if (std::none_of(rule.uncovered.begin(), rule.uncovered.end(), has)) {
                probe.covers.push_back(leaf.metric);
            }
        }
        if (!probe.covers.empty()) return probe;
    }
    return std::nullopt;
}

/// Empty where the chip has a counter under the prefix of any leaf, or none for the probe.
std::string resolveWitness(const MetricSet& set, const std::vector<std::string>& baseMetrics,
                           const std::set<std::string>& bases) {
    for (const LeafRule& rule : set.leaves) {
        const auto isUnder = [&](const std::string& base) { return base.starts_with(rule.prefix); };
        if (std::any_of(baseMetrics.begin(), baseMetrics.end(), isUnder)) return {};
    }
    for (const ProbeRule& rule : set.probes) {
        if (auto metric = firstOf(rule.anyOf, bases)) return *std::move(metric);
    }
    return {};
}

/// On Ada CUPTI calls the counter without _v2 outdated.
std::optional<TensorPipe> resolvePipe(const std::set<std::string>& bases) {
    const auto metric =
        firstOf({"sm__inst_executed_pipe_tensor_v2.sum", "sm__inst_executed_pipe_tensor.sum"}, bases);
    if (!metric) return std::nullopt;
    return TensorPipe{*metric,
                      firstOf({"sm__inst_executed_pipe_tensor_op_hmma_type_hfma2.sum"}, bases).value_or(""),
                      bases.contains("sm__inst_executed_pipe_fp64_op_dmma")};
}

/// The leaves of every kind under the rules' prefixes but those of `taken`.
std::vector<std::string> resolveUnseen(const MetricSet& set, const std::vector<std::string>& baseMetrics,
                                       const std::set<std::string>& taken) {
    std::set<std::string> unseen;
    for (const LeafRule& rule : set.leaves) {
        LeafRule all = rule;
        all.exclude = {"_realtime"};  // the one other view of the same operations
        std::vector<std::string> unreadable;
        const std::vector<Candidate> candidates = candidatesOf(all, baseMetrics, unreadable);
        for (const Candidate& candidate : candidates) {
            const std::string metric = candidate.base + rule.rollup;
            if (isLeaf(candidate, candidates) && !taken.contains(metric)) unseen.insert(metric);
        }
    }
    return {unseen.begin(), unseen.end()};
}

}  // namespace

std::string baseName(const std::string& metric) {
    return metric.substr(0, metric.find('.'));
}

Resolution resolve(const MetricSet& set, const std::vector<std::string>& baseMetrics) {
    Resolution resolution;
    const std::set<std::string> bases(baseMetrics.begin(), baseMetrics.end());
    std::set<std::string> taken;
    const auto take = [&](const std::string& metric) {
        if (taken.insert(metric).second) resolution.metrics.push_back(metric);
    };
    for (const CounterRule& rule : set.counters) {
        if (const auto metric = firstOf(rule.anyOf, bases)) {
            resolution.counters[rule.role] = *metric;
            take(*metric);
        } else if (!rule.optional) {
            resolution.missing.push_back(rule.role);
        }
    }
    for (const LeafRule& rule : set.leaves) resolveLeaves(set, rule, baseMetrics, resolution);
    for (const TensorLeaf& leaf : resolution.leaves) take(leaf.metric);
    resolution.probe = resolveProbe(set, resolution.leaves, bases);
    resolution.witness = resolveWitness(set, baseMetrics, bases);
    if (!resolution.witness.empty()) take(resolution.witness);
    resolution.pipe = resolvePipe(bases);
    resolution.unseen = resolveUnseen(set, baseMetrics, taken);
    return resolution;
}

}  // namespace ridge::metrics
