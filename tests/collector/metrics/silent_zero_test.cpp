// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/silent_zero.hpp"

#include "tests/support/catch.hpp"

using namespace ridge::metrics;

namespace {

const std::string pipeMetric = "sm__inst_executed_pipe_tensor.sum",
                  halfMetric = "sm__inst_executed_pipe_tensor_op_hmma_type_hfma2.sum";

/// Of a set that counts every kind of operation.
const Resolution hopper{
    {},
    {{"tensor", "sm__ops_path_tensor_op_hgmma_src_bf16_dst_fp32_sparsity_off.sum", "tensor_bf16", Axis::flop,
      false},
     {"tensor_int", "sm__ops_path_tensor_src_int8_sparsity_off.sum", "tensor_int8", Axis::op, false},
     {"tensor_sparse", "sm__ops_path_tensor_src_bf16_sparsity_on.sum", "tensor_bf16_sparse", Axis::flop,
      true}},
    {},
    {},
    {},
    {},
    TensorPipe{pipeMetric, halfMetric}};
const std::string bf16 = hopper.leaves[0].metric, int8 = hopper.leaves[1].metric,
                  sparse = hopper.leaves[2].metric;

/// Of a set that leaves out integer and sparse operations.
Resolution floatsOnly() {
    Resolution resolution = hopper;
    resolution.leaves.resize(1);
    resolution.unseen = {int8, sparse};
    return resolution;
}

Evaluation counted(std::optional<double> flops) {
    Evaluation evaluation;
    evaluation.flops.value = flops;
    return evaluation;
}

std::string textOf(const std::optional<SilentZero>& zero) {
    return zero ? zero->text : std::string();
}

}  // namespace

TEST_CASE("zero FLOPs beside a busy tensor pipe name the pipe's counter") {
    const auto zero = silentZero(counted(0.0), hopper, {{pipeMetric, 4096}, {halfMetric, 0}});
    CHECK_THAT(textOf(zero), ContainsSubstring("0 FLOPs, but sm__inst_executed_pipe_tensor.sum is 4096"));
    CHECK(zero.value().isCertain);
}

TEST_CASE("zero FLOPs beside a leaf that counted name the leaf") {
    CHECK_THAT(textOf(silentZero(counted(0.0), hopper, {{bf16, 8192}, {pipeMetric, 1}, {halfMetric, 0}})),
               ContainsSubstring("hgmma_src_bf16_dst_fp32_sparsity_off.sum is 8192"));
}

TEST_CASE("integer and sparse tensor work has no dense FLOPs and is no error") {
    for (const std::string& other : {int8, sparse}) {
        const std::map<std::string, double> values{{bf16, 0}, {other, 5}, {pipeMetric, 5}, {halfMetric, 0}};
        CHECK_FALSE(silentZero(counted(0.0), hopper, values));
        CHECK_FALSE(silentZero(counted(16.0), hopper, values));
        CHECK_FALSE(silentZero(counted(0.0), floatsOnly(), values));
    }
}

TEST_CASE("an idle pipe, counted tensor FLOPs or leaves that were not delivered are no silent zero") {
    CHECK_FALSE(silentZero(counted(0.0), hopper, {{pipeMetric, 0}}));
    CHECK_FALSE(silentZero(counted(0.0), hopper, {}));
    CHECK_FALSE(silentZero(counted(7.0), hopper, {{bf16, 7}, {pipeMetric, 4096}, {halfMetric, 0}}));
    CHECK_FALSE(silentZero(counted(std::nullopt), hopper, {{pipeMetric, 4096}, {halfMetric, 0}}));
}

TEST_CASE(
    "tensor leaves of zero beside a busy pipe are one too, with FLOPs of an epilogue or without a total") {
    const std::map<std::string, double> values{
        {bf16, 0}, {int8, 0}, {sparse, 0}, {pipeMetric, 9}, {halfMetric, 0}};
    for (const std::optional<double> total : {std::optional(16.0), std::optional<double>()}) {
        const auto zero = silentZero(counted(total), hopper, values);
        CHECK_THAT(textOf(zero),
                   ContainsSubstring("0 tensor FLOPs, but sm__inst_executed_pipe_tensor.sum is 9"));
        CHECK(zero.value().isCertain);
    }
}

TEST_CASE("where the set leaves operations out nothing is certain before they are counted") {
    std::map<std::string, double> values{{bf16, 0}, {pipeMetric, 9}, {halfMetric, 0}};
    const auto zero = silentZero(counted(16.0), floatsOnly(), values);
    CHECK_FALSE(zero.value().isCertain);
    CHECK_THAT(textOf(zero), ContainsSubstring("integer work as int8 would explain it, which --metrics int "
                                               "counts; --metrics all counts every operation"));
    values.insert({int8, 0});
    const std::string withoutInteger = textOf(silentZero(counted(16.0), floatsOnly(), values));
    CHECK_THAT(withoutInteger, ContainsSubstring("counted it; --metrics all"));
    CHECK(unseenIntegersOf(floatsOnly()) == std::vector<std::string>{int8});
    values.insert({sparse, 0});
    CHECK(silentZero(counted(16.0), floatsOnly(), values).value().isCertain);
}

TEST_CASE("packed fp16 arithmetic that runs on the tensor pipe is no tensor work") {
    CHECK_FALSE(silentZero(counted(0.0), hopper, {{pipeMetric, 64}, {halfMetric, 64}}));
    CHECK_FALSE(silentZero(counted(0.0), hopper, {{pipeMetric, 64}}));
    CHECK_THAT(textOf(silentZero(counted(0.0), hopper, {{pipeMetric, 64}, {halfMetric, 60}})),
               ContainsSubstring("type_hfma2.sum is 4:"));
    CHECK(tensorPipeOf(hopper) == std::vector<std::string>{pipeMetric, halfMetric});
    CHECK(tensorPipeOf({}).empty());
}

TEST_CASE("fp64 tensor work explains a busy pipe only on a chip whose tensor pipe executes it") {
    const std::string fp64 = "sm__ops_path_tensor_src_fp64.sum";
    Resolution chip = hopper;
    chip.leaves.push_back({"tensor", fp64, "tensor_fp64", Axis::flop, false});
    const std::map<std::string, double> values{{bf16, 0}, {fp64, 8}, {pipeMetric, 9}, {halfMetric, 0}};
    CHECK_FALSE(silentZero(counted(8.0), chip, values));
    CHECK_FALSE(isUnproven(counted(8.0), chip, {{bf16, 0}, {fp64, 8}}));
    chip.pipe.value().isWithoutFp64 = true;
    CHECK_THAT(textOf(silentZero(counted(8.0), chip, values)),
               ContainsSubstring("0 tensor FLOPs, but " + pipeMetric + " is 9"));
    CHECK(isUnproven(counted(8.0), chip, {{bf16, 0}, {fp64, 8}}));
    CHECK_FALSE(silentZero(counted(8.0), chip, {{bf16, 0}, {fp64, 8}, {pipeMetric, 0}}));
}

TEST_CASE("no tensor work is unproven until the pipe's counters are there") {
    CHECK(isUnproven(counted(0.0), hopper, {{bf16, 0}}));
    CHECK(isUnproven(counted(16.0), hopper, {{bf16, 0}, {pipeMetric, 3}}));
    CHECK_FALSE(isUnproven(counted(0.0), hopper, {{bf16, 0}, {pipeMetric, 0}}));
    CHECK_FALSE(isUnproven(counted(0.0), hopper, {{bf16, 0}, {int8, 4}}));
    CHECK_FALSE(isUnproven(counted(7.0), hopper, {{bf16, 7}}));
    CHECK_FALSE(isUnproven(counted(0.0), {}, {}));
}
