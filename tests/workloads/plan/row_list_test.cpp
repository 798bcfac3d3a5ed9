// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/row_list.hpp"

#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

db::Point named(const char* op) {
    db::Point point;
    point.op = op;
    return point;
}

}  // namespace

TEST_CASE("params are members of one JSON object, in their order") {
    db::Point point;
    plan::addParam(point, "gemm", "\"mlp\"");
    plan::addParam(point, "repeats", "3");
    CHECK(point.params == R"({"gemm":"mlp","repeats":3})");
}

TEST_CASE("a row adds up its products; M, N and K are those of the first") {
    plan::RowList rows(2);
    rows.addProducts(named("qkv"), {{7, 8, 5}, {7, 4, 5}}, {});
    const auto row = rows.take().front();
    CHECK(row.point.flopsAlgorithmic == 2.0 * 7 * 5 * (8 + 4));
    CHECK(row.point.flopsUseful == row.point.flopsAlgorithmic);
    CHECK(row.point.compulsoryBytes == 2.0 * (7 * 5 + 8 * 5 + 7 * 8 + 7 * 5 + 4 * 5 + 7 * 4));
    CHECK(row.deviceBytes == 2.0 * (7 * 5 + 8 * 5 + 7 * 8 + 4 * 5 + 7 * 4));  // one A in memory
    CHECK(row.point.m == 7);
    CHECK(row.point.n == 8);
    CHECK(row.point.k == 5);
}

TEST_CASE("a parent adds up its children as often as it executes them, over every level") {
    plan::RowList rows(4);
    const std::size_t step = rows.addParent(named("step"), {});
    const std::size_t layer = rows.addParent(named("layer"), {step, 3});
    rows.addProducts(named("out"), {{1, 2, 5}}, {layer, 2});
    const auto taken = rows.take();
    CHECK(taken[layer].point.flopsAlgorithmic == 2 * 20.0);
    CHECK(taken[step].point.flopsAlgorithmic == 3 * 2 * 20.0);
    CHECK(taken[step].point.compulsoryBytes == 3 * 2 * 4 * 17.0);
    CHECK(taken[step].deviceBytes == 3 * 2 * 4 * 17.0);
    CHECK(taken[step].point.params == "{}");
    CHECK(taken[layer].point.params == R"({"repeats":3})");
}
