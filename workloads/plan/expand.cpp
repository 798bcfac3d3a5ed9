// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/expand.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "db/model/error.hpp"
#include "workloads/plan/row_list.hpp"
#include "workloads/plan/setting.hpp"
#include "workloads/shape/dtype.hpp"
#include "workloads/shape/operator.hpp"

namespace ridge::plan {
namespace {

std::optional<std::int64_t> valueOf(const Setting& setting, const std::string& axis) {
    const auto found = setting.find(axis);
    return found == setting.end() ? std::nullopt : std::optional(found->second);
}

class Expansion {
 public:
    Expansion(const Plan& plan, const shape::Dtype& dtype);
    std::vector<PlannedPoint> take() { return m_rows.take(); }

 private:
    /// The columns that every row of a setting has in common.
    [[nodiscard]] db::Point baseOf(const Series& series, const Setting& setting) const;
    [[nodiscard]] shape::Pass passOf(const db::Point& base) const;
    [[nodiscard]] std::int64_t contextOf(const db::Point& base, std::int64_t queries) const;
    const shape::Llm& llm(const std::string& name);

    void addSetting(const Series& series, const Setting& setting);
    void addOperator(const db::Point& base, std::string_view op, const shape::Pass& pass, const Place& place);
    std::size_t addParent(const db::Point& base, std::string_view op, const shape::Pass& pass,
                          const Place& place);
    void addLayer(const db::Point& base, const shape::Pass& pass, const Place& place);
    void addForward(const db::Point& base, const shape::Pass& pass, std::size_t parent, std::int64_t times);
    void addStep(const Series& series, const db::Point& base, const shape::Pass& pass);
    void addDraft(const Draft& draft, db::Point base, const shape::Pass& verified, std::size_t step);

    const Plan& m_plan;
    std::string m_computePath;
    std::map<std::string, shape::Llm> m_llms;
    RowList m_rows;
};

Expansion::Expansion(const Plan& plan, const shape::Dtype& dtype)
    : m_plan(plan), m_computePath(dtype.computePath), m_rows(dtype.bytes) {
    for (const Series& series : plan.series) {
        for (const Setting& setting : settingsOf(series)) addSetting(series, setting);
    }
}

db::Point Expansion::baseOf(const Series& series, const Setting& setting) const {
    db::Point base;
    base.plan = m_plan.name;
    base.workload = m_plan.workload;
    base.series = labelOf(series, setting);
    base.phase = series.phase;
    base.implementation = series.implementation;
    base.model = m_plan.model;
    base.dtype = m_plan.dtype;
    base.layout = m_plan.layout;
    base.batch = valueOf(setting, "batch");
    base.seq = valueOf(setting, "seq");
    base.spec = valueOf(setting, "spec");
    base.computePath = m_computePath;
    base.metricSet = m_plan.metricSet;
    base.cache = m_plan.cache;
    return base;
}

/// t = b s in prefill, b in decode, b q in speculation (MEDUSA, arXiv 2401.10774, appendix).
shape::Pass Expansion::passOf(const db::Point& base) const {
    shape::Pass pass;
    pass.batch = base.batch.value();
    if (base.phase == "init") pass.queries = base.seq.value();
    if (base.phase == "spec") pass.queries = base.spec.value();
    pass.context = contextOf(base, pass.queries);
    return pass;
}

/// A prompt attends to itself; later passes see what is cached, and in some plans their own tokens too.
std::int64_t Expansion::contextOf(const db::Point& base, std::int64_t queries) const {
    const std::int64_t seq = base.seq.value_or(1);
    return m_plan.contextHoldsStep && base.phase != "init" ? seq + queries : seq;
}

const shape::Llm& Expansion::llm(const std::string& name) {
    const auto found = m_llms.find(name);
    return found != m_llms.end() ? found->second : m_llms.emplace(name, shape::loadLlm(name)).first->second;
}

void Expansion::addSetting(const Series& series, const Setting& setting) {
    db::Point base = baseOf(series, setting);
    if (series.gemm) {
        base.op = "gemm";
        base.tokens = setting.at("tokens");
        addParam(base, "gemm", '"' + series.gemm->name + '"');
        m_rows.addProducts(base, {{*base.tokens, series.gemm->n, series.gemm->k}}, {});
        return;
    }
    base.kvHeads = llm(base.model).kvHeads;
    const shape::Pass pass = passOf(base);
    for (const std::string& op : series.operators) {
        if (op == "step") {
            addStep(series, base, pass);
        } else if (op == "layer") {
            addLayer(base, pass, {});
        } else {
            addOperator(base, op, pass, {});
        }
    }
}

void Expansion::addOperator(const db::Point& base, std::string_view op, const shape::Pass& pass,
                            const Place& place) {
    db::Point point = base;
    point.op = op;
    point.tokens = pass.tokens();
    if (shape::isAttention(op)) {
        point.context = pass.context;
        point.layout = op == "qk" ? "nt" : "nn";  // both K and V are cached as [context, d]
    }
    m_rows.addProducts(std::move(point), shape::gemmsOf(op, llm(base.model), pass), place);
}

std::size_t Expansion::addParent(const db::Point& base, std::string_view op, const shape::Pass& pass,
                                 const Place& place) {
    db::Point point = base;
    point.op = op;
    point.tokens = pass.tokens();
    point.context = pass.context;
    return m_rows.addParent(std::move(point), place);
}

void Expansion::addLayer(const db::Point& base, const shape::Pass& pass, const Place& place) {
    const std::size_t layer = addParent(base, "layer", pass, place);
    for (const std::string_view op : shape::layerOperators(llm(base.model))) {
        addOperator(base, op, pass, {layer, 1});
    }
}

/// `times` forward passes: every layer, then the LM head.
void Expansion::addForward(const db::Point& base, const shape::Pass& pass, std::size_t parent,
                           std::int64_t times) {
    addLayer(base, pass, {parent, times * llm(base.model).layers});
    addOperator(base, "lm_head", pass, {parent, times});
}

/// Useful FLOPs of a step: 2 per layer parameter and emitted token, LM head and attention left out, as
/// Spector and Re 2023 (arXiv 2308.04623) count them.
void Expansion::addStep(const Series& series, const db::Point& base, const shape::Pass& pass) {
    const double emitted = series.emittedTokens.value_or(1);
    if (base.spec && emitted > static_cast<double>(*base.spec + 1)) {
        throw Error(ExitCode::usage,
                    fmt::format("plan '{}': {} candidates cannot emit the assumed {} tokens a step",
                                m_plan.name, *base.spec, emitted),
                    "set 'spec' higher, or 'emitted_tokens' of that series lower");
    }
    const std::size_t step = addParent(base, "step", pass, {});
    db::Point& point = m_rows.point(step);
    point.emittedTokens = emitted * static_cast<double>(pass.batch);
    point.flopsUseful = *point.emittedTokens * 2 * shape::layerParameters(llm(base.model));
    if (series.emittedTokens) point.flags = "assumed_acceptance";
    if (!series.draft) {
        addForward(base, pass, step, 1);
        return;
    }
    addDraft(*series.draft, base, pass, step);
    db::Point verified = base;
    verified.phase = "verify";
    addForward(verified, pass, addParent(verified, "verify", pass, {step, 1}), 1);
}

/// Passes of the same width are one child each, repeated.
void Expansion::addDraft(const Draft& draft, db::Point base, const shape::Pass& verified, std::size_t step) {
    base.phase = "draft";
    base.model = draft.model;
    base.kvHeads = llm(draft.model).kvHeads;
    const std::size_t parent = addParent(base, "draft", verified, {step, 1});
    db::Point& point = m_rows.point(parent);
    point.tokens.reset();  // the passes differ in both
    point.context.reset();
    addParam(point, "passes", fmt::format("[{}]", fmt::join(draft.passes, ",")));
    std::vector<std::pair<std::int64_t, std::int64_t>> widths;
    for (const std::int64_t queries : draft.passes) {
        const auto known = std::find_if(widths.begin(), widths.end(),
                                        [&](const auto& width) { return width.first == queries; });
        if (known == widths.end()) {
            widths.emplace_back(queries, 1);
        } else {
            ++known->second;
        }
    }
    for (const auto& [queries, times] : widths) {
        addForward(base, {verified.batch, queries, contextOf(base, queries)}, parent, times);
    }
}

}  // namespace

std::vector<PlannedPoint> expand(const Plan& plan) {
    const auto dtype = shape::dtype(plan.dtype);
    if (!dtype) {
        throw Error(ExitCode::usage, fmt::format("plan '{}': no dtype '{}'", plan.name, plan.dtype),
                    fmt::format("known: {}", shape::dtypeNames()));
    }
    return Expansion(plan, *dtype).take();
}

}  // namespace ridge::plan
