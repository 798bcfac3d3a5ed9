// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/counted_work.hpp"

#include "tests/support/catch.hpp"

using namespace ridge::metrics;

TEST_CASE("each roof is counted by the smallest set that has it") {
    CHECK(metricSetFor("dram") == "bytes");
    CHECK(metricSetFor("dram_triad") == "bytes");
    CHECK(metricSetFor("l2_read") == "hierarchy");
    CHECK(metricSetFor("fp32") == "roofline");
    CHECK(metricSetFor("flops") == "roofline");
    CHECK(metricSetFor("tensor_int8") == "int");
}

TEST_CASE("what counts is the path's own counter, for L2 what the L1s were given") {
    Evaluation evaluation;
    evaluation.dramBytes.value = 1;
    evaluation.l2Bytes.value = 2;
    evaluation.quantities["l1_l2_bytes"].value = 3;
    evaluation.paths["fp32"].value = 4;
    evaluation.flops.value = 5;
    CHECK(countedWork(evaluation, "flops").value == 5);
    CHECK(countedWork(evaluation, "dram").value == 1);
    CHECK(countedWork(evaluation, "dram_read").value == 1);
    CHECK(countedWork(evaluation, "l2_read").value == 3);
    CHECK(countedWork(evaluation, "fp32").value == 4);
    CHECK_FALSE(countedWork(evaluation, "tensor_fp8").value);
    CHECK(countedWork(evaluation, "tensor_fp8").reason == "the chip has no counter for tensor_fp8");
    CHECK_FALSE(countedWork({}, "l2_read").value);
    CHECK(countedWork({}, "l2_read").reason == "the metric set has no l1_l2_bytes");
}

TEST_CASE("fp16 accumulators are counted together where the chip does not tell them apart") {
    Evaluation evaluation;
    evaluation.paths["tensor_fp16"].value = 100;
    CHECK(countedWork(evaluation, "tensor_fp16_acc16").value == 100);
    evaluation.paths["tensor_fp16_acc16"].value = 5;
    CHECK(countedWork(evaluation, "tensor_fp16_acc16").value == 105);
    CHECK(countedWork(evaluation, "tensor_fp16").value == 100);
    evaluation.paths["tensor_fp16"] = {std::nullopt, "refused"};
    CHECK(countedWork(evaluation, "tensor_fp16_acc16").value == 5);
}

TEST_CASE("fp64 is counted with the tensor cores that a GEMM takes for it") {
    Evaluation evaluation;
    evaluation.paths["fp64"].value = 3;
    CHECK(countedWork(evaluation, "fp64").value == 3);
    evaluation.paths["tensor_fp64"].value = 100;
    CHECK(countedWork(evaluation, "fp64").value == 103);
    evaluation.paths["tensor_fp64"] = {std::nullopt, "emulated"};
    CHECK(countedWork(evaluation, "fp64").value == 3);
    CHECK_FALSE(countedWork({}, "fp64").value);
}
