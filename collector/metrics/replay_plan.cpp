// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/replay_plan.hpp"

#include <algorithm>
#include <optional>

#include "collector/metrics/silent_zero.hpp"

namespace ridge::metrics {
namespace {

bool holds(const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The names of `all` for which `chosen` is true, in their order.
template <class Chosen>
Names select(const Names& all, Chosen chosen) {
    Names names;
    std::copy_if(all.begin(), all.end(), std::back_inserter(names), chosen);
    return names;
}

bool isSass(const std::string& metric) {
    return metric.find("__sass_thread_inst_executed_op_") != std::string::npos;
}

bool counted(const std::map<std::string, double>& values, const std::string& metric) {
    const auto value = values.find(metric);
    return value != values.end() && value->second != 0;
}

Names with(Names names, const std::string& name) {
    names.push_back(name);
    return names;
}

/// Takes over every candidate that costs `names` no replay more.
void addFree(Names& names, const Names& candidates, const PassCount& passes) {
    const std::size_t before = passes(names);
    for (const std::string& candidate : candidates) {
        if (holds(names, candidate)) continue;
        if (Names more = with(names, candidate); passes(more) == before) names = std::move(more);
    }
}

/// Everything but what is known to be zero; nullopt where that saves nothing.
std::optional<ReplayPlan> planKnown(const Names& all, const std::set<std::string>& zeros,
                                    const PassCount& passes) {
    const Names known = select(
        all, [&](const std::string& metric) { return zeros.contains(metric) && countsExecution(metric); });
    ReplayPlan plan;
    plan.first = select(all, [&](const std::string& metric) { return !holds(known, metric); });
    if (known.empty() || plan.first.empty() || passes(plan.first) >= passes(all)) return std::nullopt;
    addFree(plan.first, known, passes);
    plan.omitted = select(known, [&](const std::string& metric) { return !holds(plan.first, metric); });
    plan.checked = select(known, [&](const std::string& metric) { return holds(plan.first, metric); });
    return plan;
}

/// The plan whose first collection holds the hardware counters, the probe, what the probe does not cover,
/// `seed`, and every other leaf that is free on top.
ReplayPlan planProbing(const Resolution& resolution, const std::string& seed, const PassCount& passes) {
    const Probe& probe = *resolution.probe;
    ReplayPlan plan;
    plan.probe = probe.metric;
    plan.withoutWork = select(resolution.metrics, isSass);
    plan.first = select(resolution.metrics, [&](const std::string& metric) {
        return !isSass(metric) && (!holds(probe.covers, metric) || metric == seed);
    });
    if (!holds(plan.first, probe.metric)) plan.first.push_back(probe.metric);
    // Without it the constants that a kernel loads through the pipe would look like work.
    if (resolution.pipe && resolution.pipe->metric == probe.metric && !resolution.pipe->half.empty())
        plan.first.push_back(resolution.pipe->half);
    addFree(plan.first, probe.covers, passes);
    const auto isLeft = [&](const std::string& metric) { return !holds(plan.first, metric); };
    plan.withWork = select(resolution.metrics, isLeft);
    plan.covered = select(probe.covers, isLeft);
    return plan;
}

/// A probe is worth its place where work without tensor instructions takes fewer replays and no work takes
/// more; of the plans for which that holds, the one with the fewest.
std::optional<ReplayPlan> planProbed(const Resolution& resolution, const PassCount& passes) {
    if (!resolution.probe) return std::nullopt;
    const std::size_t most = passes(resolution.metrics);
    std::size_t fewest = most;
    std::optional<ReplayPlan> best;
    for (const std::string& seed : resolution.probe->covers) {
        ReplayPlan plan = planProbing(resolution, seed, passes);
        const std::size_t first = passes(plan.first);
        const std::size_t withoutWork = first + passes(plan.withoutWork);
        if (first + passes(plan.withWork) > most || withoutWork >= fewest) continue;
        fewest = withoutWork;
        best = std::move(plan);
    }
    return best;
}

/// Everything at once.
ReplayPlan planWhole(const Resolution& resolution) {
    ReplayPlan plan;
    plan.first = resolution.metrics;
    return plan;
}

/// The plan for work of which no tensor operation is known: the pipe's counters in the place of the leaves
/// that they would show; the others stay. Never more replays than
/// the leaves take; nullopt where it would be.
std::optional<ReplayPlan> planIdlePipe(const Resolution& resolution, const PassCount& passes) {
    if (!resolution.pipe) return std::nullopt;
    ReplayPlan plan;
    Names leaves, elsewhere;
    for (const TensorLeaf& leaf : resolution.leaves)
        (isOnPipe(resolution, leaf.metric) ? leaves : elsewhere).push_back(leaf.metric);
    plan.first =
        select(resolution.metrics, [&](const std::string& metric) { return !holds(leaves, metric); });
    for (const std::string& metric : tensorPipeOf(resolution)) {
        if (!holds(plan.first, metric)) plan.first.push_back(metric);
    }
    if (passes(plan.first) > passes(resolution.metrics)) return std::nullopt;
    addFree(plan.first, leaves, passes);
    plan.omitted = select(leaves, [&](const std::string& metric) { return !holds(plan.first, metric); });
    plan.checked = select(leaves, [&](const std::string& metric) { return holds(plan.first, metric); });
    plan.checked.insert(plan.checked.end(), elsewhere.begin(), elsewhere.end());
    return plan;
}

/// Nothing is left out whose collection after all, where it is contradicted, would take more replays than the
/// whole set.
ReplayPlan planWork(const Resolution& resolution, const std::set<std::string>& zeros,
                    const PassCount& passes) {
    if (auto plan = planKnown(resolution.metrics, zeros, passes);
        plan && passes(plan->first) + passes(plan->omitted) <= passes(resolution.metrics))
        return *std::move(plan);
    if (auto plan = planProbed(resolution, passes)) return *std::move(plan);
    return planWhole(resolution);
}

/// With the pipe's counters, and the integer work that would explain them, where that takes no replay.
ReplayPlan withFreePipe(ReplayPlan plan, const Resolution& resolution, const PassCount& passes) {
    const Names pipe = tensorPipeOf(resolution);
    addFree(plan.first, pipe, passes);
    if (std::all_of(pipe.begin(), pipe.end(),
                    [&](const std::string& name) { return holds(plan.first, name); }))
        addFree(plan.first, unseenIntegersOf(resolution), passes);
    return plan;
}

}  // namespace

bool countsExecution(const std::string& metric) {
    return isSass(metric) || metric.find("__ops_path_tensor_") != std::string::npos;
}

ReplayPlan planReplays(const Resolution& resolution, const std::set<std::string>& zeros,
                       const PassCount& passes) {
    return withFreePipe(planWork(resolution, zeros, passes), resolution, passes);
}

ReplayPlan planAtOnce(const Resolution& resolution, const PassCount& passes) {
    return withFreePipe(planWhole(resolution), resolution, passes);
}

ReplayPlan planAgain(const Resolution& resolution, const std::set<std::string>& zeros,
                     const PassCount& passes) {
    std::set<std::string> leaves;
    for (const TensorLeaf& leaf : resolution.leaves) {
        if (zeros.contains(leaf.metric)) leaves.insert(leaf.metric);
    }
    if (leaves.empty()) return planAtOnce(resolution, passes);
    if (leaves.size() == resolution.leaves.size()) {
        if (auto plan = planIdlePipe(resolution, passes)) return *std::move(plan);
        return planAtOnce(resolution, passes);
    }
    if (auto plan = planKnown(resolution.metrics, leaves, passes))
        return withFreePipe(*std::move(plan), resolution, passes);
    return planAtOnce(resolution, passes);
}

bool foundNoWork(const ReplayPlan& plan, const Resolution& resolution,
                 const std::map<std::string, double>& values) {
    const auto probe = values.find(plan.probe);
    if (probe == values.end() || !resolution.probe) return false;
    const bool isPipe = resolution.pipe && resolution.pipe->metric == plan.probe;
    const auto work = isPipe ? tensorInstructions(resolution, values) : std::nullopt;
    if (work.value_or(probe->second) != 0) return false;
    const Names& covered = resolution.probe->covers;
    return std::none_of(covered.begin(), covered.end(),
                        [&](const std::string& metric) { return counted(values, metric); });
}

bool contradicts(const ReplayPlan& plan, const Resolution& resolution,
                 const std::map<std::string, double>& values) {
    if (plan.omitted.empty()) return false;
    const auto isCounted = [&](const std::string& metric) { return counted(values, metric); };
    if (std::any_of(plan.checked.begin(), plan.checked.end(), isCounted)) return true;
    bool expected = false;
    for (const TensorLeaf& leaf : resolution.leaves) {
        if (holds(plan.omitted, leaf.metric) || holds(plan.checked, leaf.metric)) continue;
        if (isCounted(leaf.metric)) return false;
        expected = true;
    }
    return expected;
}

}  // namespace ridge::metrics
