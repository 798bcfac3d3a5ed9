// SPDX-License-Identifier: Apache-2.0
#include "workloads/gemm/gemm_problem.hpp"

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"
#include "workloads/gemm/gemm.hpp"

using namespace ridge;
using namespace ridge::workloads;

namespace {

db::Point pointOf(const std::string& op, std::int64_t m, std::int64_t n, std::int64_t k, double products) {
    db::Point point;
    point.op = op;
    point.implementation = "cublas";
    point.dtype = "bf16";
    point.layout = "nt";
    point.m = m;
    point.n = n;
    point.k = k;
    point.flopsAlgorithmic =
        2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k) * products;
    return point;
}

GemmProblem fixedTile(std::int64_t n, std::int64_t k, Layout layout) {
    return {17, k, {n}, 1, DType::bf16, layout, Implementation::fixedTile};
}

}  // namespace

TEST_CASE("a linear operator is one product") {
    const GemmProblem problem = gemmProblem(pointOf("down", 16, 5120, 13824, 1));
    CHECK(problem.columns == std::vector<std::int64_t>{5120});
    CHECK(problem.products == 1);
    CHECK(problem.layout == Layout::nt);
    CHECK_THAT(problem.flops(), WithinRel(2.0 * 16 * 5120 * 13824, 1e-12));
}

TEST_CASE("qkv is three weights, one where the model fuses them, narrow ones with grouped queries") {
    CHECK(gemmProblem(pointOf("qkv", 4, 5120, 5120, 3)).columns ==
          std::vector<std::int64_t>{5120, 5120, 5120});
    CHECK(gemmProblem(pointOf("qkv", 4, 3840, 1280, 1)).columns == std::vector<std::int64_t>{3840});
    CHECK(gemmProblem(pointOf("qkv", 4, 4096, 4096, 1.5)).columns ==
          std::vector<std::int64_t>{4096, 1024, 1024});
}

TEST_CASE("attention has one product per sequence and KV head") {
    db::Point point = pointOf("qk", 16, 1024, 128, 8 * 40);
    point.batch = 8;
    point.kvHeads = 40;
    const GemmProblem keys = gemmProblem(point);
    CHECK(keys.products == 320);
    CHECK(keys.m == 16);
    CHECK(keys.layout == Layout::nt);
    point.op = "pv";
    CHECK(gemmProblem(point).layout == Layout::nn);
}

TEST_CASE("query heads that share a KV head are rows of one product, whichever way the plan counts them") {
    db::Point point = pointOf("qk", 16, 1024, 128, 8 * 32);
    point.batch = 8;
    point.kvHeads = 8;
    const GemmProblem byHead = gemmProblem(point);
    CHECK(byHead.products == 64);
    CHECK(byHead.m == 64);
    db::Point grouped = pointOf("qk", 64, 1024, 128, 8 * 8);
    grouped.batch = 8;
    grouped.kvHeads = 8;
    const GemmProblem byGroup = gemmProblem(grouped);
    CHECK(byGroup.products == 64);
    CHECK(byGroup.m == 64);
    CHECK_THAT(byHead.flops(), WithinRel(*point.flopsAlgorithmic, 1e-12));
}

TEST_CASE("a shape that contradicts its FLOPs is refused") {
    CHECK_THROWS_AS(gemmProblem(pointOf("down", 16, 5120, 13824, 2)), Error);
    CHECK_THROWS_AS(gemmProblem(pointOf("qkv", 4, 4096, 4096, 0.5)), Error);
    db::Point point = pointOf("qk", 1, 128, 128, 2.5);
    CHECK_THROWS_AS(gemmProblem(point), Error);
    point = pointOf("qk", 1, 128, 128, 30);
    point.batch = 8;
    CHECK_THROWS_AS(gemmProblem(point), Error);
}

TEST_CASE("what no kernel here runs is refused by name") {
    db::Point point = pointOf("gemm", 1, 8, 8, 1);
    point.dtype = "fp8";
    CHECK_THROWS_WITH(gemmProblem(point), ContainsSubstring("dtype 'fp8'"));
    point = pointOf("gemm", 1, 8, 8, 1);
    point.implementation = "cublaslt-pinned";
    CHECK_THROWS_WITH(gemmProblem(point), ContainsSubstring("implementation 'cublaslt-pinned'"));
    point = pointOf("gemm", 1, 8, 8, 1);
    point.k.reset();
    CHECK_THROWS_WITH(gemmProblem(point), ContainsSubstring("no positive k"));
}

TEST_CASE("the fixed-tile kernel says which shapes it refuses") {
    CHECK_FALSE(fixedTileRefusal(fixedTile(131, 72, Layout::nt)));
    CHECK_FALSE(fixedTileRefusal(fixedTile(136, 72, Layout::nn)));
    CHECK(fixedTileRefusal(fixedTile(131, 70, Layout::nt)).value_or("").find("K to be a multiple of 8") !=
          std::string::npos);
    CHECK(fixedTileRefusal(fixedTile(131, 72, Layout::nn)).value_or("").find("N to be a multiple of 8") !=
          std::string::npos);
    GemmProblem half = fixedTile(128, 64, Layout::nn);
    half.type = DType::fp16;
    CHECK(fixedTileRefusal(half));
    GemmProblem attention = fixedTile(128, 64, Layout::nn);
    attention.products = 2;
    CHECK(fixedTileRefusal(attention));
}

TEST_CASE("operands start on 256-byte boundaries") {
    const GemmProblem problem{3, 5, {7, 2}, 1, DType::bf16, Layout::nn, Implementation::cublas};
    CHECK(weightBytes(problem) == 256 + 256);
    CHECK(activationBytes(problem) == 256 + 256 + 256);
}

TEST_CASE("every type has its size") {
    CHECK(bytesOf(DType::bf16) == 2);
    CHECK(bytesOf(DType::fp16) == 2);
    CHECK(bytesOf(DType::tf32) == 4);
    CHECK(bytesOf(DType::fp32) == 4);
    CHECK(bytesOf(DType::fp64) == 8);
}
