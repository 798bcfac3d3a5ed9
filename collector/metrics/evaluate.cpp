// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ridge::metrics {
namespace {

class Evaluator {
 public:
    Evaluator(const MetricSet& set, const Resolution& resolution, const std::map<std::string, double>& values)
        : m_set(set), m_resolution(resolution), m_values(values) {}

    [[nodiscard]] Evaluation run() const {
        Evaluation result;
        for (const QuantityRule& rule : m_set.quantities) {
            Quantity& quantity = result.quantities[rule.name] = weighted(rule.weights);
            quantity.unit = rule.unit;
        }
        for (const PathRule& rule : m_set.paths) {
            if (rule.weights.empty()) continue;
            Quantity& path = result.paths[rule.name] = weighted(rule.weights);
            path.upperBound = rule.upperBound && path.value.value_or(0) > 0;
            path.unit = unitOf(rule.axis);
        }
        for (const TensorLeaf& leaf : m_resolution.leaves) {
            addLeaf(leaf, result.paths);
            result.paths[leaf.path].unit = unitOf(leaf.axis);
        }
        const std::string doubt = markOverlaps(result.paths);
        result.flops = totalFlops(result.paths, doubt);
        if (doubt.empty()) result.dominantPath = dominantPath(result.paths);
        nameQuantities(result);
        nameUnits(result);
        return result;
    }

 private:
    [[nodiscard]] static const char* unitOf(Axis axis) { return axis == Axis::flop ? "flop" : "op"; }

    [[nodiscard]] Quantity read(const std::string& metric) const {
        const auto found = m_values.find(metric);
        if (found == m_values.end()) return {std::nullopt, fmt::format("{} was not delivered", metric)};
        if (std::isnan(found->second)) return {std::nullopt, fmt::format("{} is NaN", metric)};
        return {found->second, {}};
    }

    [[nodiscard]] bool isOptional(const std::string& role) const {
        return std::any_of(m_set.counters.begin(), m_set.counters.end(),
                           [&](const CounterRule& rule) { return rule.role == role && rule.optional; });
    }

    /// Roles that only some chips have add nothing where the chip has none; any other absent role voids the
    /// sum.
    [[nodiscard]] Quantity weighted(const std::map<std::string, double>& weights) const {
        double sum = 0;
        for (const auto& [role, weight] : weights) {
            const auto metric = m_resolution.counters.find(role);
            if (metric == m_resolution.counters.end()) {
                if (isOptional(role)) continue;
                return {std::nullopt, fmt::format("the chip has no counter for {}", role)};
            }
            Quantity part = read(metric->second);
            if (!part.value) return part;
            sum += weight * *part.value;
        }
        return {sum, {}};
    }

    void addLeaf(const TensorLeaf& leaf, std::map<std::string, Quantity>& paths) const {
        const auto [path, isNew] = paths.try_emplace(leaf.path);
        Quantity& sum = path->second;
        if (!isNew && !sum.value) return;
        const Quantity part = read(leaf.metric);
        if (part.value) {
            sum.value = sum.value.value_or(0) + *part.value;
        } else {
            sum = part;
        }
    }

    [[nodiscard]] const TensorLeaf* countedLeaf(const std::string& metric) const {
        for (const TensorLeaf& leaf : m_resolution.leaves) {
            if (leaf.metric == metric && read(metric).value.value_or(0) > 0) return &leaf;
        }
        return nullptr;
    }

    /// What two leaves that may count the same operations make of their paths: bounds, or no sum at all where
    /// it is one path. "" or why no sum with both in it is known.
    std::string markOverlaps(std::map<std::string, Quantity>& paths) const {
        std::string doubt;
        for (const OverlapRule& rule : m_set.overlaps) {
            const TensorLeaf *one = countedLeaf(rule.one), *other = countedLeaf(rule.other);
            if (one == nullptr || other == nullptr) continue;
            doubt = fmt::format("{} and {} both counted, and whether that is the same work is not known",
                                rule.one, rule.other);
            if (one->path == other->path) {
                paths[one->path] = {std::nullopt, doubt, false, unitOf(one->axis)};
            } else {
                paths[one->path].upperBound = paths[other->path].upperBound = true;
            }
        }
        return doubt;
    }

    /// Whether a path of this name is on the FLOP axis, and is 2:4 sparse.
    [[nodiscard]] bool isFlop(const std::string& path) const {
        for (const TensorLeaf& leaf : m_resolution.leaves) {
            if (leaf.path == path) return leaf.axis == Axis::flop;
        }
        return std::any_of(m_set.paths.begin(), m_set.paths.end(), [&](const PathRule& rule) {
            return rule.name == path && rule.axis == Axis::flop;
        });
    }
    [[nodiscard]] bool isSparse(const std::string& path) const {
        return std::any_of(m_resolution.leaves.begin(), m_resolution.leaves.end(),
                           [&](const TensorLeaf& leaf) { return leaf.path == path && leaf.sparse; });
    }

    /// The first dense floating-point rule that the chip leaves without a counter, and without a witness that
    /// there was nothing to count.
    [[nodiscard]] std::string uncounted() const {
        if (!m_resolution.witness.empty() && read(m_resolution.witness).value == 0.0) return {};
        for (const LeafRule& rule : m_set.leaves) {
            if (rule.axis != Axis::flop || rule.sparse) continue;
            for (const std::string& missing : m_resolution.missing) {
                if (missing == rule.role || missing.starts_with(rule.role + ":"))
                    return missing + witnessed();
            }
        }
        return {};
    }

    /// "", or what a chip without leaves tells instead of their FLOPs.
    [[nodiscard]] std::string witnessed() const {
        if (m_resolution.witness.empty()) return {};
        const Quantity seen = read(m_resolution.witness);
        return seen.value ? fmt::format(", and {} is {:.6g}", m_resolution.witness, *seen.value)
                          : ", and " + seen.reason;
    }

    [[nodiscard]] Quantity totalFlops(const std::map<std::string, Quantity>& paths,
                                      const std::string& doubt) const {
        if (!m_set.countsAllFlops) {
            return {std::nullopt, fmt::format("metric set '{}' does not count every FLOP", m_set.name)};
        }
        if (const std::string missing = uncounted(); !missing.empty()) {
            return {std::nullopt, fmt::format("the chip has no counter for {}", missing)};
        }
        if (!doubt.empty()) return {std::nullopt, doubt};
        Quantity total{0.0, {}};
        for (const auto& [name, path] : paths) {
            if (!isFlop(name)) continue;
            if (!path.value) return path;
            if (!isSparse(name)) {
                total.value = *total.value + *path.value;
                total.upperBound = total.upperBound || path.upperBound;
            } else if (*path.value > 0) {
                return {std::nullopt,
                        fmt::format("2:4 sparse work ({}) was counted; it is not dense FLOPs", name)};
            }
        }
        return total;
    }

    /// Known only where every floating-point path is; a sparse one may lead, it has its own roof.
    [[nodiscard]] std::string dominantPath(const std::map<std::string, Quantity>& paths) const {
        if (!m_set.countsAllFlops || !uncounted().empty()) return {};
        std::string best;
        double most = 0;
        for (const auto& [name, path] : paths) {
            if (!isFlop(name)) continue;
            if (!path.value) return {};
            if (*path.value > most) {
                best = name;
                most = *path.value;
            }
        }
        return best;
    }

    static void nameQuantities(Evaluation& result) {
        const auto named = [&](const char* name) {
            const auto found = result.quantities.find(name);
            if (found != result.quantities.end()) return found->second;
            return Quantity{std::nullopt, fmt::format("the metric set has no {}", name)};
        };
        result.dramReadBytes = named("dram_read_bytes");
        result.dramWriteBytes = named("dram_write_bytes");
        result.dramBytes = named("dram_bytes");
        result.l2Bytes = named("l2_bytes");
        result.l1Bytes = named("l1_bytes");
        result.timeNs = named("time_ns");
        result.smClockHz = named("sm_clock_hz");
    }

    void nameUnits(Evaluation& result) const {
        for (const CounterRule& rule : m_set.counters) {
            const auto metric = m_resolution.counters.find(rule.role);
            if (metric != m_resolution.counters.end()) result.units[metric->second] = rule.unit;
        }
        for (const TensorLeaf& leaf : m_resolution.leaves) result.units[leaf.metric] = unitOf(leaf.axis);
    }

    const MetricSet& m_set;
    const Resolution& m_resolution;
    const std::map<std::string, double>& m_values;
};

}  // namespace

Evaluation evaluate(const MetricSet& set, const Resolution& resolution,
                    const std::map<std::string, double>& values) {
    return Evaluator(set, resolution, values).run();
}

}  // namespace ridge::metrics
