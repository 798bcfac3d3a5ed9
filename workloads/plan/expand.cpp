// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/expand.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "db/model/error.hpp"
#include "workloads/plan/label.hpp"
#include "workloads/shape/dtype.hpp"
#include "workloads/shape/operator.hpp"

namespace ridge::plan {
namespace {

/// Where a row hangs: below which parent, and how often that parent executes it.
struct Place {
    std::optional<std::size_t> parent = std::nullopt;
    std::int64_t repeats = 1;
};

/// Every setting of the axes, the last axis fastest.
std::vector<Setting> settingsOf(const Series& series) {
    std::vector<Setting> settings{{}};
    for (const auto& [axis, values] : series.axes) {
        std::vector<Setting> longer;
        for (const Setting& setting : settings) {
            for (const std::int64_t value : values) {
                longer.push_back(setting);
                longer.back()[axis] = value;
            }
        }
        settings = std::move(longer);
    }
    return settings;
}

std::optional<std::int64_t> valueOf(const Setting& setting, const std::string& axis) {
    const auto found = setting.find(axis);
    return found == setting.end() ? std::nullopt : std::optional(found->second);
}

/// `value` is JSON already; names and keys are plain words.
void addParam(db::Point& point, std::string_view key, std::string_view value) {
    const bool first = point.params == "{}";
    point.params.insert(point.params.size() - 1, fmt::format("{}\"{}\":{}", first ? "" : ",", key, value));
}

void addFlag(db::Point& point, std::string_view flag) {
    point.flags += (point.flags.empty() ? "" : ",") + std::string(flag);
}

class Expansion {
 public:
    explicit Expansion(const Plan& plan);
    std::vector<PlannedPoint> take();

 private:
    /// The columns that every row of a setting has in common.
    [[nodiscard]] db::Point baseOf(const Series& series, const Setting& setting) const;
    [[nodiscard]] shape::Pass passOf(const Series& series, const Setting& setting) const;
    [[nodiscard]] std::int64_t contextOf(const db::Point& base, std::int64_t queries) const;
    const shape::Llm& llm(const std::string& name);

    void addSetting(const Series& series, const Setting& setting);
    std::size_t add(db::Point point, const Place& place);
    void addGemms(db::Point point, const std::vector<shape::Gemm>& gemms, const Place& place);
    void addOperator(const db::Point& base, std::string_view op, const shape::Pass& pass, const Place& place);
    std::size_t addParent(const db::Point& base, std::string_view op, const shape::Pass& pass,
                          const Place& place);
    void addLayer(const db::Point& base, const shape::Pass& pass, const Place& place);
    void addForward(const db::Point& base, const shape::Pass& pass, std::size_t parent, std::int64_t times);
    void addStep(const Series& series, const db::Point& base, const shape::Pass& pass);
    void addDraft(const Draft& draft, db::Point base, const shape::Pass& verified, std::size_t step);

    const Plan& m_plan;
    shape::Dtype m_dtype;
    std::map<std::string, shape::Llm> m_llms;
    std::map<std::string, std::size_t> m_measured;  ///< first row of each shape
    std::vector<PlannedPoint> m_rows;
};

/// Up and gate multiply the same shapes; every other operator differs in what its operands are.
std::string shapeKey(const db::Point& point, const std::vector<shape::Gemm>& gemms) {
    std::string key =
        fmt::format("{} {} {}", point.op == "gate" ? "up" : point.op, point.implementation, point.layout);
    for (const shape::Gemm& gemm : gemms) {
        key += fmt::format(" {}/{}x{}x{}x{}", gemm.count, gemm.sharing, gemm.m, gemm.n, gemm.k);
    }
    return key;
}

Expansion::Expansion(const Plan& plan) : m_plan(plan) {
    const auto dtype = shape::dtype(plan.dtype);
    if (!dtype) {
        throw Error(ExitCode::usage, fmt::format("plan '{}': no dtype '{}'", plan.name, plan.dtype),
                    fmt::format("known: {}", shape::dtypeNames()));
    }
    m_dtype = *dtype;
    for (const Series& series : plan.series) {
        for (const Setting& setting : settingsOf(series)) addSetting(series, setting);
    }
}

/// Children follow their parents, so that one walk from the end adds up whole trees.
std::vector<PlannedPoint> Expansion::take() {
    for (std::size_t i = m_rows.size(); i-- > 0;) {
        PlannedPoint& row = m_rows[i];
        if (!row.point.flopsUseful) row.point.flopsUseful = row.point.flopsAlgorithmic;
        if (!row.parent) continue;
        PlannedPoint& parent = m_rows[*row.parent];
        const auto times = static_cast<double>(row.repeats);
        *parent.point.flopsAlgorithmic += times * *row.point.flopsAlgorithmic;
        *parent.point.compulsoryBytes += times * *row.point.compulsoryBytes;
        parent.deviceBytes += times * row.deviceBytes;
    }
    return std::move(m_rows);
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
    base.computePath = m_dtype.computePath;
    base.metricSet = m_plan.metricSet;
    base.cache = m_plan.cache;
    return base;
}

/// t = b s in prefill, b in decode, b q in speculation (MEDUSA, arXiv 2401.10774, appendix).
shape::Pass Expansion::passOf(const Series& series, const Setting& setting) const {
    shape::Pass pass;
    const std::int64_t seq = valueOf(setting, "seq").value_or(1);
    pass.batch = setting.at("batch");
    if (series.phase == "init") pass.queries = seq;
    if (series.phase == "spec") pass.queries = setting.at("spec");
    pass.context = seq;
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
        addGemms(base, {{*base.tokens, series.gemm->n, series.gemm->k}}, {});
        return;
    }
    base.kvHeads = llm(base.model).kvHeads;
    shape::Pass pass = passOf(series, setting);
    pass.context = contextOf(base, pass.queries);
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

std::size_t Expansion::add(db::Point point, const Place& place) {
    if (place.repeats != 1) addParam(point, "repeats", std::to_string(place.repeats));
    PlannedPoint row;
    row.point = std::move(point);
    row.parent = place.parent;
    row.repeats = place.repeats;
    m_rows.push_back(std::move(row));
    return m_rows.size() - 1;
}

void Expansion::addGemms(db::Point point, const std::vector<shape::Gemm>& gemms, const Place& place) {
    const auto bytes = static_cast<double>(m_dtype.bytes);
    point.m = gemms.front().m;
    point.n = gemms.front().n;
    point.k = gemms.front().k;
    point.flopsAlgorithmic = shape::flops(gemms);
    point.compulsoryBytes = bytes * shape::compulsoryElements(gemms);
    const std::string key = shapeKey(point, gemms);
    const std::size_t index = add(std::move(point), place);
    m_rows[index].deviceBytes = bytes * shape::residentElements(gemms);
    const auto [first, isNew] = m_measured.emplace(key, index);
    if (!isNew) m_rows[index].measuredAs = first->second;
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
    addGemms(std::move(point), shape::gemmsOf(op, llm(base.model), pass), place);
}

std::size_t Expansion::addParent(const db::Point& base, std::string_view op, const shape::Pass& pass,
                                 const Place& place) {
    db::Point point = base;
    point.op = op;
    point.tokens = pass.tokens();
    point.context = pass.context;
    point.flopsAlgorithmic = 0;
    point.compulsoryBytes = 0;
    return add(std::move(point), place);
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
    db::Point& point = m_rows[step].point;
    point.emittedTokens = emitted * static_cast<double>(pass.batch);
    point.flopsUseful = *point.emittedTokens * 2 * shape::layerParameters(llm(base.model));
    if (series.emittedTokens) addFlag(point, "assumed_acceptance");
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
    db::Point& point = m_rows[parent].point;
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
    return Expansion(plan).take();
}

}  // namespace ridge::plan
