// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/silent_zero.hpp"

#include "tests/support/catch.hpp"

using namespace ridge::metrics;

namespace {

const Resolution hopper{
    {},
    {{"tensor", "sm__ops_path_tensor_op_hgmma_src_bf16_dst_fp32_sparsity_off.sum", "tensor_bf16", Axis::flop,
      false},
     {"tensor_int", "sm__ops_path_tensor_src_int8_sparsity_off.sum", "tensor_int8", Axis::op, false},
     {"tensor_sparse", "sm__ops_path_tensor_src_bf16_sparsity_on.sum", "tensor_bf16_sparse", Axis::flop,
      true}},
    {},
    {}};

Evaluation counted(std::optional<double> flops) {
    Evaluation evaluation;
    evaluation.flops.value = flops;
    return evaluation;
}

}  // namespace

TEST_CASE("zero FLOPs beside a busy tensor pipe name the pipe's counter") {
    CHECK_THAT(silentZero(counted(0.0), hopper, {{tensorPipeMetric, 4096}}),
               ContainsSubstring("sm__inst_executed_pipe_tensor.sum is 4096"));
}

TEST_CASE("zero FLOPs beside a leaf that counted name the leaf") {
    CHECK_THAT(silentZero(counted(0.0), hopper, {{hopper.leaves[0].metric, 8192}, {tensorPipeMetric, 1}}),
               ContainsSubstring("hgmma_src_bf16_dst_fp32_sparsity_off.sum is 8192"));
}

TEST_CASE("integer and sparse tensor work has no dense FLOPs and is no error") {
    CHECK(silentZero(counted(0.0), hopper, {{hopper.leaves[1].metric, 5}, {tensorPipeMetric, 5}}).empty());
    CHECK(silentZero(counted(0.0), hopper, {{hopper.leaves[2].metric, 5}, {tensorPipeMetric, 5}}).empty());
}

TEST_CASE("an idle pipe, counted FLOPs or FLOPs that nobody counts are no silent zero") {
    CHECK(silentZero(counted(0.0), hopper, {{tensorPipeMetric, 0}}).empty());
    CHECK(silentZero(counted(0.0), hopper, {}).empty());
    CHECK(silentZero(counted(7.0), hopper, {{tensorPipeMetric, 4096}}).empty());
    CHECK(silentZero(counted(std::nullopt), hopper, {{tensorPipeMetric, 4096}}).empty());
}

TEST_CASE("where the set has a probe for the chip, that is the pipe's counter") {
    Resolution ada = hopper;
    ada.probe = Probe{"sm__inst_executed_pipe_tensor_v2.sum", {}};
    CHECK(tensorPipeOf(hopper) == tensorPipeMetric);
    CHECK_THAT(silentZero(counted(0.0), ada, {{"sm__inst_executed_pipe_tensor_v2.sum", 4096}}),
               ContainsSubstring("pipe_tensor_v2.sum is 4096"));
    CHECK(silentZero(counted(0.0), ada, {{tensorPipeMetric, 4096}}).empty());
}
