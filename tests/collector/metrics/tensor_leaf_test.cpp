// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/tensor_leaf.hpp"

#include "tests/support/catch.hpp"

using ridge::metrics::isPartOf;
using ridge::metrics::parseTensorName;

namespace {

bool part(const char* finer, const char* whole) {
    return isPartOf(parseTensorName(finer).value(), parseTensorName(whole).value());
}

}  // namespace

TEST_CASE("a tensor counter's name is read part by part") {
    const auto name = parseTensorName("op_utcqmma_src_fp4_fp6_fp8_dst_fp16_sparsity_off");
    REQUIRE(name);
    CHECK(name->op == "utcqmma");
    CHECK(name->src == "fp4_fp6_fp8");
    CHECK(name->dst == "fp16");
    CHECK(name->sparsity == "off");
    const auto bare = parseTensorName("src_fp64");
    REQUIRE(bare);
    CHECK((bare->op.empty() && bare->dst.empty() && bare->sparsity.empty()));
    CHECK(bare->src == "fp64");
}

TEST_CASE("a name of another form is not read") {
    CHECK_FALSE(parseTensorName("cycles_active"));
    CHECK_FALSE(parseTensorName("op_hmma_dst_fp32"));
    CHECK_FALSE(parseTensorName("src_"));
    CHECK_FALSE(parseTensorName("src_bf16_dst_fp32_sparsity_maybe"));
}

TEST_CASE("a counter is part of the one that says less of the same sources") {
    CHECK(part("src_bf16_dst_fp32_sparsity_off", "src_bf16_dst_fp32"));
    CHECK(part("op_hmma_src_fp16_dst_fp16", "op_hmma_src_fp16"));
    CHECK(part("op_hmma_src_fp16_dst_fp16_sparsity_on", "src_fp16"));
    CHECK_FALSE(part("src_bf16_dst_fp32", "src_bf16_dst_fp32"));
    CHECK_FALSE(part("src_bf16_dst_fp32", "src_bf16_dst_fp32_sparsity_off"));
    CHECK_FALSE(part("src_fp16_dst_fp16_sparsity_off", "src_fp16_dst_fp32"));
    CHECK_FALSE(part("op_hmma_src_fp16_sparsity_off", "op_hgmma_src_fp16"));
    CHECK_FALSE(part("src_fp4_dst_fp32", "src_fp4_fp6_dst_fp32"));
}
