// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/modelling.hpp"

#include "tests/support/catch.hpp"
#include "tests/workloads/rows.hpp"

using namespace ridge;
using test::pointsOf;
using test::rowsOf;

TEST_CASE("implementations of one shape are one attainable row when modelled") {
    const auto rows = plan::forModelling(rowsOf("batch-invariant"));
    CHECK(rows.size() == std::size_t{3} * 14);
    CHECK(pointsOf(rows, "attainable", "gemm").size() == 14);
    CHECK(pointsOf(rows, "attainable mlp_up", "gemm").size() == 14);
    CHECK(pointsOf(rows, "attainable projection", "gemm").size() == 14);
    CHECK(pointsOf(rows, "attainable", "gemm").front().params == R"({"gemm":"mlp_down"})");
    for (const auto& row : rows) CHECK(row.point.implementation == "attainable");
}

TEST_CASE("a plan of one implementation keeps its rows and series when modelled") {
    for (const char* name : {"llama-13b", "llama-33b-speculation", "gpt2-l"}) {
        const auto before = rowsOf(name);
        const auto after = plan::forModelling(before);
        REQUIRE(after.size() == before.size());
        for (std::size_t i = 0; i < after.size(); ++i) {
            CHECK(after[i].point.series == before[i].point.series);
            CHECK(after[i].point.implementation == "attainable");
            CHECK(after[i].parent == before[i].parent);
            CHECK(after[i].measuredAs == before[i].measuredAs);
        }
    }
}

TEST_CASE("whole trees coincide, and indexes are those of what is left") {
    plan::Plan plan = plan::load("gpt2-l");
    plan::Series own = plan.series.front();
    own.implementation = "own";
    own.label = "Own kernels";
    plan.series = {plan.series.front(), own, plan.series.back()};
    const auto expected = plan::expand(plan::load("gpt2-l"));
    const auto rows = plan::forModelling(plan::expand(plan));
    REQUIRE(rows.size() == std::size_t{3} * (9 + 43));
    CHECK(pointsOf(rows, "attainable", "step").size() == 3);
    CHECK(pointsOf(rows, "Own kernels", "step").empty());
    const std::size_t step = std::size_t{3} * 9;
    CHECK(rows[step].point.series == "Staged speculative GPT2-L Perf");
    CHECK(rows[step + 1].parent == step);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].parent) CHECK(*rows[i].parent < i);
        if (rows[i].measuredAs) {
            CHECK(*rows[i].measuredAs < i);
            CHECK(rows[*rows[i].measuredAs].point.flopsAlgorithmic == rows[i].point.flopsAlgorithmic);
        }
    }
}
