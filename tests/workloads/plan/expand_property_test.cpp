// SPDX-License-Identifier: Apache-2.0
// What holds for every plan, tried on random small ones.
#include <random>
#include <set>

#include "db/catalog/share.hpp"
#include "tests/support/catch.hpp"
#include "tests/workloads/rows.hpp"
#include "workloads/plan/modelling.hpp"
#include "workloads/shape/operator.hpp"

using namespace ridge;

namespace {

class RandomPlans {
 public:
    plan::Plan next() {
        plan::Plan plan;
        plan.name = "random";
        plan.model = pick(m_models);
        plan.dtype = pick<std::string>({"bf16", "fp32", "fp64"});
        plan.layout = pick<std::string>({"nn", "nt"});
        plan.contextHoldsStep = number(0, 1) == 1;
        const auto count = number(1, 3);
        for (std::int64_t i = 0; i < count; ++i) plan.series.push_back(series(plan.model, i));
        return plan;
    }

 private:
    std::int64_t number(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution(low, high)(m_random);
    }
    template <class T>
    T pick(const std::vector<T>& from) {
        return from[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(from.size()) - 1))];
    }
    std::vector<std::int64_t> values(std::int64_t low, std::int64_t high) {
        std::set<std::int64_t> values;
        for (auto left = number(1, 3); left > 0; --left) values.insert(number(low, high));
        return {values.begin(), values.end()};
    }
    plan::Series series(const std::string& model, std::int64_t i) {
        plan::Series series;
        series.label = "series " + std::to_string(i);
        series.implementation = pick<std::string>({"cublas", "own"});
        series.phase = pick<std::string>({"init", "ar", "spec"});
        series.axes = {{"batch", values(1, 70)}, {"seq", values(1, 3000)}};
        for (const auto op : shape::layerOperators(shape::loadLlm(model))) {
            if (number(0, 1) == 1) series.operators.emplace_back(op);
        }
        series.operators.emplace_back("layer");
        if (series.phase != "init") series.operators.emplace_back("step");
        if (series.phase == "spec") {
            series.axes["spec"] = values(3, 50);
            series.emittedTokens = 2.5;
            if (number(0, 1) == 1) series.draft = plan::Draft{pick(m_models), values(1, 12)};
        }
        return series;
    }

    std::mt19937 m_random{20230809};
    std::vector<std::string> m_models = catalog::names("models");
};

bool isParent(const db::Point& point) {
    return point.op == "layer" || point.op == "step" || point.op == "draft" || point.op == "verify";
}

/// The columns that tell one row of a plan from another, and the parent it hangs on.
std::string identity(const plan::PlannedPoint& row) {
    const db::Point& p = row.point;
    std::string text = p.series + '|' + p.op + '|' + p.phase + '|' + p.model + '|' + p.params;
    for (const auto& n : {p.batch, p.seq, p.spec, p.tokens, p.context}) {
        text += '|' + (n ? std::to_string(*n) : "");
    }
    return text + '|' + (row.parent ? std::to_string(*row.parent) : "");
}

void checkLinks(const test::Rows& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].parent) REQUIRE((*rows[i].parent < i && isParent(rows[*rows[i].parent].point)));
        REQUIRE(rows[i].repeats >= 1);
        if (!rows[i].measuredAs) continue;
        REQUIRE(*rows[i].measuredAs < i);
        const auto& first = rows[*rows[i].measuredAs];
        REQUIRE_FALSE(first.measuredAs);
        REQUIRE_FALSE(isParent(rows[i].point));
        REQUIRE(first.point.implementation == rows[i].point.implementation);
        REQUIRE(first.point.layout == rows[i].point.layout);
        REQUIRE(first.point.flopsAlgorithmic == rows[i].point.flopsAlgorithmic);
        REQUIRE(first.point.compulsoryBytes == rows[i].point.compulsoryBytes);
        REQUIRE(first.deviceBytes == rows[i].deviceBytes);
    }
}

void checkSums(const test::Rows& rows) {
    std::vector<double> flops(rows.size()), bytes(rows.size()), memory(rows.size());
    for (const auto& row : rows) {
        if (!row.parent) continue;
        flops[*row.parent] += static_cast<double>(row.repeats) * *row.point.flopsAlgorithmic;
        bytes[*row.parent] += static_cast<double>(row.repeats) * *row.point.compulsoryBytes;
        memory[*row.parent] += static_cast<double>(row.repeats) * row.deviceBytes;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const db::Point& point = rows[i].point;
        REQUIRE(*point.flopsAlgorithmic > 0);
        REQUIRE(*point.compulsoryBytes >= rows[i].deviceBytes);
        REQUIRE(point.flopsUseful.has_value());
        REQUIRE(point.emittedTokens.has_value() == (point.op == "step"));
        if (point.op != "step") REQUIRE(*point.flopsUseful == *point.flopsAlgorithmic);
        if (!isParent(point)) continue;
        REQUIRE_FALSE(point.m);
        REQUIRE_THAT(*point.flopsAlgorithmic, WithinRel(flops[i], 1e-12));
        REQUIRE_THAT(*point.compulsoryBytes, WithinRel(bytes[i], 1e-12));
        REQUIRE_THAT(rows[i].deviceBytes, WithinRel(memory[i], 1e-12));
    }
}

void checkIdentities(const test::Rows& rows) {
    std::set<std::string> seen;
    for (const auto& row : rows) {
        INFO(identity(row));
        REQUIRE(seen.insert(identity(row)).second);
    }
}

void checkAll(const plan::Plan& plan) {
    const auto rows = plan::expand(plan);
    REQUIRE_FALSE(rows.empty());
    checkLinks(rows);
    checkSums(rows);
    checkIdentities(rows);
    const auto modelled = plan::forModelling(rows);
    REQUIRE(modelled.size() <= rows.size());
    checkLinks(modelled);
    checkSums(modelled);
    REQUIRE(plan::forModelling(modelled).size() == modelled.size());
}

}  // namespace

TEST_CASE("links, sums and identities hold in the shipped plans") {
    for (const std::string& name : catalog::names("plans")) {
        INFO(name);
        checkAll(plan::load(name));
    }
}

TEST_CASE("links, sums and identities hold in random plans") {
    RandomPlans plans;
    for (int i = 0; i < 60; ++i) {
        INFO("plan " << i);
        checkAll(plans.next());
    }
}
