// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/operator.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"
#include "workloads/shape/dtype.hpp"

using namespace ridge::shape;

namespace {

Llm small() {
    Llm llm;
    llm.hidden = 8;
    llm.layers = 3;
    llm.heads = 4;
    llm.kvHeads = 4;
    llm.headDim = 2;
    llm.ffn = 20;
    llm.vocab = 30;
    llm.gated = true;
    return llm;
}

void checkShape(const Gemm& gemm, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t count = 1) {
    CHECK(gemm.m == m);
    CHECK(gemm.n == n);
    CHECK(gemm.k == k);
    CHECK(gemm.count == count);
}

}  // namespace

TEST_CASE("a product costs 2MNK FLOPs and reads and writes every operand once") {
    CHECK(flops(Gemm{2, 3, 5}) == 60);
    CHECK(compulsoryElements(Gemm{2, 3, 5}) == 10 + 15 + 6);
    CHECK(flops(Gemm{2, 3, 5, 7}) == 7 * 60);
    CHECK(compulsoryElements(Gemm{2, 3, 5, 7}) == 7 * 31);
}

TEST_CASE("products that share a B read it once") {
    CHECK(flops(Gemm{2, 3, 5, 8, 4}) == 8 * 60);
    CHECK(compulsoryElements(Gemm{2, 3, 5, 8, 4}) == 8 * (10 + 6) + 2 * 15);
}

TEST_CASE("dimensions beyond 64-bit products keep their FLOPs") {
    const std::int64_t large = std::int64_t{1} << 30;
    CHECK(flops(Gemm{large, large, large}) == 2.0 * 0x1p90);
    // 2^60 tokens are what two of the largest axis values make.
    const Gemm larger{large * large, large, large, 64 * large, 64 * large};
    CHECK(flops(larger) == 2.0 * 0x1p156);
    CHECK(compulsoryElements(larger) == 2 * 0x1p126 + 0x1p60);
}

TEST_CASE("linear operators have one row for every token of every sequence") {
    const Pass pass{3, 5, 100};
    checkShape(gemmsOf("up", small(), pass).front(), 15, 20, 8);
    checkShape(gemmsOf("gate", small(), pass).front(), 15, 20, 8);
    checkShape(gemmsOf("down", small(), pass).front(), 15, 8, 20);
    checkShape(gemmsOf("out", small(), pass).front(), 15, 8, 8);
    checkShape(gemmsOf("lm_head", small(), pass).front(), 15, 30, 8);
    checkShape(gemmsOf("fc1", small(), pass).front(), 15, 20, 8);
    checkShape(gemmsOf("fc2", small(), pass).front(), 15, 8, 20);
}

TEST_CASE("attention is one product for every sequence and head") {
    const Pass pass{3, 5, 100};
    checkShape(gemmsOf("qk", small(), pass).front(), 5, 100, 2, 12);
    checkShape(gemmsOf("pv", small(), pass).front(), 5, 2, 100, 12);
}

TEST_CASE("qkv is three products, or one where the model fuses them") {
    Llm llm = small();
    const auto separate = gemmsOf("qkv", llm, Pass{1, 7, 1});
    REQUIRE(separate.size() == 3);
    for (const Gemm& gemm : separate) checkShape(gemm, 7, 8, 8);
    CHECK(compulsoryElements(separate) == 3 * (2 * 7 * 8 + 8 * 8));
    CHECK(residentElements(separate) == compulsoryElements(separate) - 2 * 7 * 8);

    llm.fusedQkv = true;
    const auto fused = gemmsOf("qkv", llm, Pass{1, 7, 1});
    REQUIRE(fused.size() == 1);
    checkShape(fused.front(), 7, 24, 8);
}

TEST_CASE("heads need not be as wide as the hidden size together") {
    Llm llm = small();
    llm.headDim = 3;  // 4 heads of 3 are 12, the hidden size is 8
    llm.kvHeads = 2;
    const Pass pass{1, 7, 1};
    const auto separate = gemmsOf("qkv", llm, pass);
    REQUIRE(separate.size() == 3);
    checkShape(separate[0], 7, 12, 8);
    checkShape(separate[1], 7, 6, 8);
    checkShape(separate[2], 7, 6, 8);
    checkShape(gemmsOf("out", llm, pass).front(), 7, 8, 12);
    CHECK(residentElements(separate) == 7 * 8 + 8 * (12 + 6 + 6) + 7 * (12 + 6 + 6));
    llm.fusedQkv = true;
    checkShape(gemmsOf("qkv", llm, pass).front(), 7, 24, 8);
}

TEST_CASE("a fused qkv of grouped queries holds one K and one V a KV head") {
    Llm llm = small();
    llm.kvHeads = 1;
    llm.fusedQkv = true;
    checkShape(gemmsOf("qkv", llm, Pass{1, 7, 1}).front(), 7, 8 + 2 * 2, 8);
}

TEST_CASE("grouped-query attention reads K and V once a KV head") {
    Llm llm = small();
    llm.kvHeads = 2;
    const auto qkv = gemmsOf("qkv", llm, Pass{1, 7, 1});
    REQUIRE(qkv.size() == 3);
    checkShape(qkv[0], 7, 8, 8);
    checkShape(qkv[1], 7, 4, 8);
    checkShape(qkv[2], 7, 4, 8);

    const Pass pass{3, 5, 100};
    const auto qk = gemmsOf("qk", llm, pass);
    const double queries = 12 * 5 * 2, keys = 6 * 100 * 2, scores = 12 * 5 * 100;
    CHECK(flops(qk) == flops(gemmsOf("qk", small(), pass)));
    CHECK(compulsoryElements(qk) == queries + keys + scores);
    CHECK(compulsoryElements(gemmsOf("pv", llm, pass)) == queries + keys + scores);
}

TEST_CASE("an operator the model lacks is refused") {
    CHECK(hasOperator(small(), "gate"));
    CHECK(hasOperator(small(), "lm_head"));
    CHECK_FALSE(hasOperator(small(), "fc1"));
    CHECK_FALSE(hasOperator(small(), "step"));
    CHECK_THROWS_AS(gemmsOf("step", small(), Pass{}), std::logic_error);
}

TEST_CASE("a dtype names its size and its compute ceiling") {
    const auto is = [](const char* name, std::int64_t bytes, const char* path) {
        INFO(name);
        REQUIRE(dtype(name));
        CHECK(dtype(name)->bytes == bytes);
        CHECK(dtype(name)->computePath == path);
    };
    is("bf16", 2, "tensor_bf16");
    is("fp16", 2, "tensor_fp16");
    is("tf32", 4, "tensor_tf32");  // held in memory as fp32
    is("fp32", 4, "fp32");
    is("fp64", 8, "fp64");
    CHECK_FALSE(dtype("BF16"));
    CHECK(dtypeNames() == "bf16, fp16, tf32, fp32, fp64");
}
