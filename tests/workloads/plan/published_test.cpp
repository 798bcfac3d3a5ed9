// SPDX-License-Identifier: Apache-2.0
// The shipped plans against the numbers of the charts they reproduce.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "db/catalog/share.hpp"
#include "tests/support/catch.hpp"
#include "tests/workloads/rows.hpp"
#include "workloads/shape/llm.hpp"

using namespace ridge;
using test::intensity;
using test::pointsOf;
using test::printedAs;
using test::rowsOf;

namespace {

/// The rows of one batch, or of one sequence length, in the plan's order.
template <class Column>
std::vector<db::Point> only(std::vector<db::Point> points, Column column, std::int64_t value) {
    std::erase_if(points, [&](const db::Point& point) { return point.*column != value; });
    return points;
}

void checkIntensities(const std::vector<db::Point>& points, const std::vector<std::string>& published) {
    REQUIRE(points.size() == published.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double value = intensity(points[i]);
        if (printedAs(value, published[i]) == published[i]) continue;
        // The published tables are rounded by hand in places: 2711.46 stands there as 2712.
        CHECK_THAT(value, WithinRel(std::stod(published[i]), 3e-4));
    }
}

void checkRange(const std::vector<db::Point>& points, const std::string& lowest, const std::string& highest) {
    const auto [low, high] =
        std::minmax_element(points.begin(), points.end(),
                            [](const auto& a, const auto& b) { return intensity(a) < intensity(b); });
    CHECK(printedAs(intensity(*low), lowest) == lowest);
    CHECK(printedAs(intensity(*high), highest) == highest);
}

std::size_t distinctShapes(const test::Rows& rows, std::string_view series, std::string_view op) {
    std::set<std::size_t> measured;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].point.series == series && rows[i].point.op == op) {
            measured.insert(rows[i].measuredAs.value_or(i));
        }
    }
    return measured.size();
}

const std::vector<std::string> linearOps{"up", "gate", "down"};

}  // namespace

TEST_CASE("Llama-13B: 49 settings for every operator and phase") {
    const auto rows = rowsOf("llama-13b");
    CHECK(rows.size() == std::size_t{12} * 49);
    for (const std::string phase : {"init", "ar"}) {
        CHECK(pointsOf(rows, "qkv mlp " + phase, "qkv").size() == 49);
        for (const auto& op : linearOps) CHECK(pointsOf(rows, "up/gate/down " + phase, op).size() == 49);
        for (const std::string op : {"qk", "pv"}) CHECK(pointsOf(rows, "qk/pv " + phase, op).size() == 49);
    }
}

TEST_CASE("Llama-13B: linear decode has 7 distinct shapes, linear prefill 13, attention 49") {
    const auto rows = rowsOf("llama-13b");
    CHECK(distinctShapes(rows, "qkv mlp ar", "qkv") == 7);
    CHECK(distinctShapes(rows, "qkv mlp init", "qkv") == 13);
    for (const auto& op : linearOps) {
        CHECK(distinctShapes(rows, "up/gate/down ar", op) == 7);
        CHECK(distinctShapes(rows, "up/gate/down init", op) == 13);
    }
    CHECK(distinctShapes(rows, "qk/pv init", "qk") == 49);
    CHECK(distinctShapes(rows, "qk/pv ar", "pv") == 49);
}

TEST_CASE("Llama-13B: the linear operators' intensities") {
    const auto rows = rowsOf("llama-13b");
    checkRange(pointsOf(rows, "qkv mlp init", "qkv"), "122", "2548");
    checkIntensities(only(pointsOf(rows, "qkv mlp ar", "qkv"), &db::Point::seq, 8192),
                     {"1.0", "2.0", "4.0", "8.0", "15.9", "31.6", "62.4"});
    for (const auto& op : linearOps) {
        checkRange(pointsOf(rows, "up/gate/down init", op), "124", "3710");
        checkIntensities(only(pointsOf(rows, "up/gate/down ar", op), &db::Point::seq, 128),
                         {"1.0", "2.0", "4.0", "8.0", "15.9", "31.7", "62.9"});
    }
}

TEST_CASE("Llama-13B: attention's intensities") {
    const auto rows = rowsOf("llama-13b");
    for (const std::string op : {"qk", "pv"}) {
        for (const std::int64_t batch : {1, 8, 64}) {
            checkIntensities(only(pointsOf(rows, "qk/pv init", op), &db::Point::batch, batch),
                             {"42.7", "64", "85.3", "102.4", "113.8", "120.5", "124.1"});
        }
        checkRange(pointsOf(rows, "qk/pv ar", op), "0.985", "0.992");
    }
}

TEST_CASE("QK of 64 candidates has 41.3 times decode's intensity at batch 16 and s = 1024") {
    plan::Plan plan = plan::load("llama-13b");
    plan::Series attention = plan.series.back();
    attention.axes = {{"batch", {16}}, {"seq", {1024}}};
    plan::Series speculation = attention;
    speculation.label = "qk/pv spec: {spec}";
    speculation.phase = "spec";
    speculation.axes["spec"] = {64};
    plan.series = {attention, speculation};
    const auto rows = plan::expand(plan);
    const double decode = intensity(pointsOf(rows, "qk/pv ar", "qk").front());
    const db::Point qk = pointsOf(rows, "qk/pv spec: 64", "qk").front();
    CHECK(printedAs(intensity(qk) / decode, "41.3") == "41.3");
    CHECK(qk.tokens == 16 * 64);
    CHECK(qk.m == 64);
}

TEST_CASE("Llama-33B: the whole table of intensities over candidates and batch") {
    const auto rows = rowsOf("llama-33b-speculation");
    CHECK(rows.size() == std::size_t{3} * 56);
    std::ifstream csv(catalog::shareDirectory() / "reference/llama33b_oi.csv");
    int lines = 0;
    for (std::string line; std::getline(csv, line);) {
        if (line.empty() || line[0] == '#' || line[0] == 'q') continue;
        std::istringstream cells(line);
        std::string spec;
        std::getline(cells, spec, ',');
        std::vector<std::string> published;
        for (std::string cell; std::getline(cells, cell, ',');) published.push_back(cell);
        REQUIRE(published.size() == 7);
        const std::string series = spec == "1" ? "up/gate/down ar" : "up/gate/down spec: " + spec;
        for (const auto& op : linearOps) {
            auto points = pointsOf(rows, series, op);
            std::ranges::sort(points, {}, [](const db::Point& point) { return *point.batch; });
            checkIntensities(points, published);
        }
        ++lines;
    }
    CHECK(lines == 8);
    CHECK(printedAs(intensity(pointsOf(rows, "up/gate/down spec: 112", "down").back()), "2894") == "2894");
}

TEST_CASE("Llama-33B: equal token counts of different widths are measured once") {
    const auto rows = rowsOf("llama-33b-speculation");
    std::set<std::int64_t> tokens;
    std::size_t measured = 0;
    for (const auto& row : rows) {
        tokens.insert(*row.point.tokens);
        if (!row.measuredAs) ++measured;
    }
    CHECK(measured == 2 * tokens.size());  // up (which gate shares) and down
}

TEST_CASE("GPT2-L: the intensities of a forward pass with activations and KV cache") {
    const auto rows = rowsOf("gpt2-l");
    for (const auto& point : pointsOf(rows, "Baseline GPT2-L Perf", "step")) {
        CHECK(printedAs(intensity(point), "1.00") == "1.00");
    }
    for (const auto& point : pointsOf(rows, "Naive speculative GPT2-L Perf", "verify")) {
        CHECK(printedAs(intensity(point), "5.9") == "5.9");
    }
    const auto staged = pointsOf(rows, "Staged speculative GPT2-L Perf", "verify");
    REQUIRE(staged.size() == 3);
    CHECK(printedAs(intensity(staged.front()), "34.1") == "34.1");
    CHECK(printedAs(intensity(staged.back()), "33.7") == "33.7");
}

TEST_CASE("GPT2-L: the layers' products are the published ones") {
    const auto rows = rowsOf("gpt2-l");
    const auto check = [&](const char* op, std::int64_t n, std::int64_t k) {
        const db::Point point =
            only(pointsOf(rows, "Staged speculative GPT2-L Perf", op), &db::Point::tokens, 36).front();
        INFO(op);
        CHECK(point.n == n);
        CHECK(point.k == k);
        CHECK(point.phase == "verify");
    };
    check("qkv", 3840, 1280);
    check("out", 1280, 1280);
    check("fc1", 5120, 1280);
    check("fc2", 1280, 5120);
    check("lm_head", 50257, 1280);
    check("qk", 236, 64);
    check("pv", 64, 236);
}

TEST_CASE("GPT2-L: useful FLOPs are 1.4 GFLOP an emitted token") {
    const auto rows = rowsOf("gpt2-l");
    const auto check = [&](const char* series, double emitted, const char* flags) {
        for (const auto& point : pointsOf(rows, series, "step")) {
            CHECK(*point.emittedTokens == emitted);
            CHECK_THAT(*point.flopsUseful, WithinRel(emitted * 1.4156e9, 1e-4));
            CHECK(point.flags == flags);
        }
    };
    check("Baseline GPT2-L Perf", 1, "");
    check("Naive speculative GPT2-L Perf", 3.75, "assumed_acceptance");
    check("Staged speculative GPT2-L Perf", 5.2, "assumed_acceptance");
}

TEST_CASE("GPT2-L: a step of 9 rows for the baseline, 19 for the chain, 43 for the tree") {
    const auto rows = rowsOf("gpt2-l");
    std::map<std::string, int> counts;
    for (const auto& row : rows) ++counts[row.point.series];
    CHECK(rows.size() == std::size_t{3} * (9 + 19 + 43));
    CHECK(counts["Baseline GPT2-L Perf"] == 3 * 9);
    CHECK(counts["Naive speculative GPT2-L Perf"] == 3 * 19);
    CHECK(counts["Staged speculative GPT2-L Perf"] == 3 * 43);
}

TEST_CASE("batch-invariant: 14 token counts of three products in two implementations") {
    const auto rows = rowsOf("batch-invariant");
    CHECK(rows.size() == std::size_t{14} * 3 * 2);
    const shape::Llm llm = shape::loadLlm("llama3-8b");
    const auto cublas = pointsOf(rows, "Non-batch-invariant (cuBLAS)", "gemm");
    const auto fixed = pointsOf(rows, "Batch-invariant (fixed tile)", "gemm");
    REQUIRE(cublas.size() == 14);
    REQUIRE(fixed.size() == 14);
    CHECK(cublas.back().m == 8192);
    CHECK(cublas.back().tokens == 8192);
    CHECK(cublas.back().n == llm.hidden);
    CHECK(cublas.back().k == llm.ffn);
    CHECK(cublas.back().layout == "nn");
    CHECK(cublas.back().params == R"({"gemm":"mlp_down"})");
    CHECK(fixed.back().implementation == "fixed-tile");
    CHECK(pointsOf(rows, "Batch-invariant (fixed tile) mlp_up", "gemm").front().n == 2 * llm.ffn);
    for (const auto& row : rows) CHECK_FALSE(row.measuredAs);
}
