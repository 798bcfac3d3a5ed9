// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/expand.hpp"

#include <set>

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/workloads/rows.hpp"
#include "workloads/shape/llm.hpp"

using namespace ridge;
using test::pointsOf;
using test::Rows;
using test::rowsOf;

namespace {

plan::Plan steps(const std::string& model, std::optional<plan::Draft> draft) {
    plan::Plan plan;
    plan.name = "p";
    plan.workload = "speculation";
    plan.model = model;
    plan.dtype = "bf16";
    plan.layout = "nt";
    plan.contextHoldsStep = true;
    plan::Series series;
    series.label = "s {spec}";
    series.phase = "spec";
    series.implementation = "cublas";
    series.operators = {"step"};
    series.axes = {{"batch", {2}}, {"seq", {100}}, {"spec", {4}}};
    series.draft = std::move(draft);
    series.emittedTokens = 2.5;
    plan.series = {series};
    return plan;
}

std::string outline(const Rows& rows) {
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (auto parent = row.parent; parent; parent = rows[*parent].parent) line += "  ";
        line += row.point.op + " " + row.point.phase + " x" + std::to_string(row.repeats);
        if (row.point.tokens) line += " t" + std::to_string(*row.point.tokens);
        if (row.point.context) line += " c" + std::to_string(*row.point.context);
        text += line + " " + row.point.params + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("a step with a draft is a tree of passes, layers and operators") {
    const Rows rows = plan::expand(steps("gpt2", plan::Draft{"gpt2-draft-40m", {3, 1, 1}}));
    CHECK(outline(rows) ==
          "step spec x1 t8 c104 {}\n"
          "  draft draft x1 {\"passes\":[3,1,1]}\n"
          "    layer draft x4 t6 c103 {\"repeats\":4}\n"
          "      qkv draft x1 t6 {}\n"
          "      qk draft x1 t6 c103 {}\n"
          "      pv draft x1 t6 c103 {}\n"
          "      out draft x1 t6 {}\n"
          "      fc1 draft x1 t6 {}\n"
          "      fc2 draft x1 t6 {}\n"
          "    lm_head draft x1 t6 {}\n"
          "    layer draft x8 t2 c101 {\"repeats\":8}\n"
          "      qkv draft x1 t2 {}\n"
          "      qk draft x1 t2 c101 {}\n"
          "      pv draft x1 t2 c101 {}\n"
          "      out draft x1 t2 {}\n"
          "      fc1 draft x1 t2 {}\n"
          "      fc2 draft x1 t2 {}\n"
          "    lm_head draft x2 t2 {\"repeats\":2}\n"
          "  verify verify x1 t8 c104 {}\n"
          "    layer verify x12 t8 c104 {\"repeats\":12}\n"
          "      qkv verify x1 t8 {}\n"
          "      qk verify x1 t8 c104 {}\n"
          "      pv verify x1 t8 c104 {}\n"
          "      out verify x1 t8 {}\n"
          "      fc1 verify x1 t8 {}\n"
          "      fc2 verify x1 t8 {}\n"
          "    lm_head verify x1 t8 {}\n");
    for (const auto& row : rows) {
        CHECK(row.point.series == "s 4");
        CHECK(row.point.spec == 4);
        CHECK(row.point.model == (row.point.phase == "draft" ? "gpt2-draft-40m" : "gpt2"));
        CHECK(row.point.kvHeads == (row.point.phase == "draft" ? 8 : 12));
    }
}

TEST_CASE("a step without a draft is one forward pass of a grouped-query model too") {
    const Rows rows = plan::expand(steps("llama3-8b", std::nullopt));
    CHECK(outline(rows) ==
          "step spec x1 t8 c104 {}\n"
          "  layer spec x32 t8 c104 {\"repeats\":32}\n"
          "    qkv spec x1 t8 {}\n"
          "    qk spec x1 t8 c104 {}\n"
          "    pv spec x1 t8 c104 {}\n"
          "    out spec x1 t8 {}\n"
          "    up spec x1 t8 {}\n"
          "    gate spec x1 t8 {}\n"
          "    down spec x1 t8 {}\n"
          "  lm_head spec x1 t8 {}\n");
    const db::Point qkv = pointsOf(rows, "s 4", "qkv").front();
    CHECK(*qkv.flopsAlgorithmic == 2.0 * 8 * (4096 + 2 * 1024) * 4096);
    CHECK(qkv.kvHeads == 8);
    const db::Point step = rows.front().point;
    CHECK(*step.emittedTokens == 2 * 2.5);
    CHECK(*step.flopsUseful == 2 * 2.5 * 2 * shape::layerParameters(shape::loadLlm("llama3-8b")));
    CHECK(step.flags == "assumed_acceptance");  // with or without a draft
    CHECK_FALSE(step.m);
    CHECK_FALSE(step.n);
    CHECK_FALSE(step.k);
}

TEST_CASE("a prompt attends to itself, whatever later passes attend to") {
    plan::Plan plan = steps("gpt2", std::nullopt);
    plan::Series& series = plan.series.front();
    series.label = "s";
    series.phase = "init";
    series.operators = {"qk"};
    series.emittedTokens.reset();
    series.axes.erase("spec");
    const Rows rows = plan::expand(plan);
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().point.m == 100);
    CHECK(rows.front().point.context == 100);
    CHECK(rows.front().point.tokens == 200);
}

TEST_CASE("candidates that cannot emit the assumed tokens are refused") {
    plan::Plan plan = steps("gpt2", std::nullopt);
    plan.series.front().axes["spec"] = {4, 1};
    try {
        (void)plan::expand(plan);
        FAIL("nothing thrown");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        CHECK(std::string(error.what()) ==
              "plan 'p': 1 candidates cannot emit the assumed 2.5 tokens a step");
        CHECK_FALSE(error.hint().empty());
    }
}

TEST_CASE("a row says all that is planned and nothing that is measured") {
    const auto rows = rowsOf("llama-13b");
    const db::Point qk = pointsOf(rows, "qk/pv init", "qk").back();
    CHECK(qk.plan == "llama-13b");
    CHECK(qk.workload == "transformer");
    CHECK(qk.model == "llama-13b");
    CHECK(qk.implementation == "cublas");
    CHECK(qk.dtype == "bf16");
    CHECK(qk.computePath == "tensor_bf16");
    CHECK(qk.metricSet == "roofline");
    CHECK(qk.cache == "cold");
    CHECK(qk.batch == 64);
    CHECK(qk.seq == 8192);
    CHECK(qk.context == 8192);
    CHECK(qk.tokens == 64 * 8192);
    CHECK(qk.m == 8192);
    CHECK(qk.n == 8192);
    CHECK(qk.k == 128);
    CHECK(qk.kvHeads == 40);
    CHECK(qk.layout == "nt");
    CHECK(pointsOf(rows, "qk/pv init", "pv").back().layout == "nn");
    CHECK(*qk.flopsUseful == *qk.flopsAlgorithmic);
    CHECK(qk.flags.empty());
    for (const auto& absent : {qk.timeNs, qk.flopsExecuted, qk.dramBytes, qk.emittedTokens, qk.smClockHz}) {
        CHECK_FALSE(absent);
    }
    CHECK_FALSE(qk.spec);
    CHECK_FALSE(qk.kernels);
    CHECK_FALSE(pointsOf(rows, "qkv mlp ar", "qkv").front().context);
}

TEST_CASE("attention's operands at batch 64 and s = 8192 do not fit any GPU") {
    const auto rows = rowsOf("llama-13b");
    double largest = 0;
    for (const auto& row : rows) largest = std::max(largest, row.deviceBytes);
    const double scores = 2.0 * 64 * 40 * 8192 * 8192, vectors = 2.0 * 2 * 64 * 40 * 8192 * 128;
    CHECK(largest == scores + vectors);
}

TEST_CASE("rows follow the plan: series by series, batch before seq, then operators") {
    const auto rows = rowsOf("llama-13b");
    CHECK(rows[0].point.batch == 1);
    CHECK(rows[0].point.seq == 128);
    CHECK(rows[1].point.seq == 256);
    CHECK(rows[7].point.batch == 2);
    CHECK(rows[98].point.op == "up");
    CHECK(rows[99].point.op == "gate");
    CHECK(rows[99].measuredAs == std::size_t{98});
    CHECK(rows[100].point.op == "down");
}

TEST_CASE("a step may emit one token more than it has candidates, and no more") {
    plan::Plan plan = steps("gpt2", std::nullopt);
    plan.series.front().emittedTokens = 5;  // 4 candidates
    CHECK(*plan::expand(plan).front().point.emittedTokens == 2 * 5);
    plan.series.front().emittedTokens = 5.01;
    CHECK_THROWS_AS(plan::expand(plan), Error);
}

TEST_CASE("a plan of an unknown dtype is refused, naming those there are") {
    plan::Plan plan = steps("gpt2", std::nullopt);
    plan.dtype = "bf17";
    try {
        (void)plan::expand(plan);
        FAIL("nothing thrown");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        CHECK(std::string(error.what()) == "plan 'p': no dtype 'bf17'");
        CHECK(error.hint() == "known: bf16, fp16, tf32, fp32, fp64");
    }
}
