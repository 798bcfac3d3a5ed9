// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/repeated_work.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "collector/metrics/silent_zero.hpp"

namespace ridge::metrics {
namespace {

using Values = std::map<std::string, double>;

bool isNonzero(const Values& values, const std::string& metric) {
    const auto found = values.find(metric);
    return found != values.end() && found->second != 0;
}

bool anyLeaf(const Resolution& resolution, const Values& values) {
    return std::any_of(resolution.leaves.begin(), resolution.leaves.end(),
                       [&](const TensorLeaf& leaf) { return isNonzero(values, leaf.metric); });
}

void doubt(Judgement& judgement, const Resolution& resolution, const std::string& why) {
    judgement.doubt = why;
    makeFlopsUnknown(judgement.evaluation, resolution);
}

/// Some of the pipe's work is of a kind that the set leaves out.
bool isExplained(const Resolution& resolution, const Values& values) {
    return std::any_of(resolution.unseen.begin(), resolution.unseen.end(),
                       [&](const std::string& name) { return isNonzero(values, name); });
}

/// Why the launch cannot be one of those that the plan's zeros are known from; empty where it can.
std::string differenceOf(const Resolution& resolution, const ReplayPlan& plan, const Values& values) {
    if (contradicts(plan, resolution, values))
        return "its tensor counters are not those of an earlier launch";
    if (anyLeaf(resolution, values)) return {};
    const auto instructions = tensorInstructions(resolution, values);
    if (!instructions) return "the tensor pipe's counter was not delivered";
    if (*instructions <= 0) return {};
    return fmt::format("{} is {:.6g}, and the tensor counters of an earlier launch were zero",
                       resolution.pipe->metric, *instructions);
}

}  // namespace

void makeFlopsUnknown(Evaluation& evaluation, const Resolution& resolution) {
    const Quantity unknown{std::nullopt, "its status_reason says why", false};
    evaluation.flops = unknown;
    evaluation.dominantPath.clear();
    for (const TensorLeaf& leaf : resolution.leaves) evaluation.paths[leaf.path] = unknown;
}

ReplayPlan RepeatedWork::plan(const Resolution& resolution, const PassCount& passes) const {
    if (m_state == State::known) return planAgain(resolution, m_zeros, passes);
    if (m_state != State::suspected) return planAtOnce(resolution, passes);
    ReplayPlan plan;
    plan.first = resolution.metrics;
    const auto add = [&plan](const Names& names) {
        for (const std::string& name : names) {
            if (std::find(plan.first.begin(), plan.first.end(), name) == plan.first.end())
                plan.first.push_back(name);
        }
    };
    add(tensorPipeOf(resolution));
    add(resolution.unseen);
    return plan;
}

Judgement RepeatedWork::judge(const MetricSet& set, const Resolution& resolution, const ReplayPlan& plan,
                              const Values& values) {
    return plan.omitted.empty() ? judgeWhole(set, resolution, values)
                                : judgePart(set, resolution, plan, values);
}

Judgement RepeatedWork::judgePart(const MetricSet& set, const Resolution& resolution, const ReplayPlan& plan,
                                  const Values& values) {
    Judgement judgement;
    const std::string difference = differenceOf(resolution, plan, values);
    if (!difference.empty()) {
        m_state = anyLeaf(resolution, values) || tensorInstructions(resolution, values).value_or(0) <= 0
                      ? State::varied
                      : State::suspected;
        if (m_state == State::suspected) judgement.first = FirstLaunch::doubted;
        judgement.evaluation = evaluate(set, resolution, values);
        doubt(judgement, resolution, difference);
        return judgement;
    }
    if (tensorInstructions(resolution, values).value_or(1) <= 0) judgement.first = FirstLaunch::trusted;
    judgement.zeros = plan.omitted;
    Values all = values;
    for (const std::string& metric : judgement.zeros) all.try_emplace(metric, 0.0);
    judgement.evaluation = evaluate(set, resolution, all);
    return judgement;
}

Judgement RepeatedWork::judgeWhole(const MetricSet& set, const Resolution& resolution, const Values& values) {
    Judgement judgement;
    judgement.evaluation = evaluate(set, resolution, values);
    judgement.isFirst = m_state == State::fresh;
    const auto zero = silentZero(judgement.evaluation, resolution, values);
    const bool isWrong = zero && (zero->isCertain || judgement.evaluation.flops.value == 0.0);
    if (!zero || (m_state == State::explained && !zero->isCertain)) {
        const bool wasSuspected = m_state == State::suspected;
        learn(resolution, values);
        if (wasSuspected && m_state == State::explained) judgement.first = FirstLaunch::trusted;
        judgement.isUnproven =
            m_state != State::explained && metrics::isUnproven(judgement.evaluation, resolution, values);
        return judgement;
    }
    m_state = State::suspected;
    if (isWrong) {
        judgement.failure = zero->text;
    } else {
        doubt(judgement, resolution, zero->text);
    }
    return judgement;
}

void RepeatedWork::learn(const Resolution& resolution, const Values& values) {
    switch (m_state) {
        case State::suspected:
            m_state = isExplained(resolution, values) ? State::explained : State::varied;
            return;
        case State::fresh:
            m_state = !anyLeaf(resolution, values) && isExplained(resolution, values) ? State::explained
                                                                                      : State::known;
            for (const TensorLeaf& leaf : resolution.leaves) {
                if (values.contains(leaf.metric)) m_zeros.insert(leaf.metric);
            }
            [[fallthrough]];
        case State::known:
            std::erase_if(m_zeros, [&](const std::string& name) { return isNonzero(values, name); });
            return;
        case State::explained:
        case State::varied:
            return;
    }
}

}  // namespace ridge::metrics
