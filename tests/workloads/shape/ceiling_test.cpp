// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/ceiling.hpp"

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"
#include "workloads/shape/self_check.hpp"

using namespace ridge;
using namespace ridge::shape;

TEST_CASE("fourteen roofs are measured, each with the unit of its kind") {
    CHECK(db::measuredCeilings.size() == 14);
    for (const db::CeilingKind& kind : db::measuredCeilings) {
        INFO(kind.name);
        const bool memory = kind.name.starts_with("dram_") || kind.name == "l2_read";
        CHECK(kind.kind == (memory ? "memory" : "compute"));
        CHECK(kind.unit == (memory ? "byte/s" : kind.name == "tensor_int8" ? "op/s" : "flop/s"));
        CHECK(&measuredCeiling(kind.name) == &kind);
    }
    CHECK_THROWS_AS(measuredCeiling("dram"), Error);
}

TEST_CASE("a device is asked only for units that its compute capability has") {
    for (const char* capability : {"8.0", "8.6", "8.9", "9.0", "10.0", "12.0"}) {
        CHECK_FALSE(ceilingRefusal("dram_read", capability));
        CHECK_FALSE(ceilingRefusal("tensor_bf16", capability));
    }
    CHECK(ceilingRefusal("tensor_tf32", "7.5"));
    CHECK_FALSE(ceilingRefusal("tensor_fp16", "7.5"));
    CHECK_FALSE(ceilingRefusal("tensor_fp8", "8.9"));
    CHECK_FALSE(ceilingRefusal("tensor_fp8", "12.0"));
    CHECK(ceilingRefusal("tensor_bf16", "7.5") ==
          "compute capability 7.5 has no such tensor cores, they came with 8.0");
    CHECK(ceilingRefusal("tensor_bf16", "?"));  // what is not known to have them is not asked
    CHECK_FALSE(ceilingRefusal("dram_read", "?"));
    CHECK(ceilingRefusal("tensor_fp8", "8.6") ==
          "compute capability 8.6 has no such tensor cores, they came with 8.9");
}

TEST_CASE("a verdict allows what a closed form must allow, and no more") {
    const ClosedForm& copy = closedForm("copy");
    CHECK(judge(copy, 1e9, 1e9, {}).ok);
    CHECK(judge(copy, 1e9, 0.991e9, {}).ok);
    CHECK(judge(copy, 1e9, 1.009e9, {}).ok);
    CHECK_FALSE(judge(copy, 1e9, 0.989e9, {}).ok);
    CHECK_FALSE(judge(copy, 1e9, 1.011e9, {}).ok);
    const ClosedForm& gemm = closedForm("gemm_bf16");
    CHECK(judge(gemm, 4.83e11, 4.83e11, {}).ok);
    CHECK_FALSE(judge(gemm, 4.83e11, 4.83e11 * 1.00001, {}).ok);
    CHECK_FALSE(judge(gemm, 4.83e11, 0.0, {}).ok);
    CHECK(judge(closedForm("gemm_fp32"), 1e12, 1e12 * 1.0005, {}).ok);
    CHECK_FALSE(judge(closedForm("gemm_fp32"), 1e12, 2e12, {}).ok);
}

TEST_CASE("every closed form has the tolerance that its reason makes up, and no more") {
    const auto allows = [](const char* name, const char* dtype, const char* path, double tolerance) {
        INFO(name);
        const ClosedForm& form = closedForm(name);
        CHECK(form.dtype == dtype);
        CHECK(form.path == path);
        CHECK(form.why.empty() == (tolerance < 1e-6));
        CHECK(judge(form, 1e12, 1e12 * (1 + 0.9 * tolerance), {}).ok);
        CHECK(judge(form, 1e12, 1e12 * (1 - 0.9 * tolerance), {}).ok);
        CHECK_FALSE(judge(form, 1e12, 1e12 * (1 + 1.1 * tolerance), {}).ok);
        CHECK_FALSE(judge(form, 1e12, 1e12 * (1 - 1.1 * tolerance), {}).ok);
    };
    allows("copy", "", "dram", 0.01);
    allows("fp64", "fp64", "fp64", 1e-9);
    allows("fp32", "fp32", "fp32", 1e-9);
    allows("half2", "fp16", "half2", 1e-3);
    allows("gemm_fp64", "fp64", "fp64", 1e-3);
    allows("gemm_fp32", "fp32", "fp32", 1e-3);
    allows("gemm_bf16", "bf16", "tensor_bf16", 1e-9);
    allows("gemm_fp16", "fp16", "tensor_fp16", 1e-9);
    allows("gemm_tf32", "tf32", "tensor_tf32", 1e-9);
    allows("gemm_fp8", "fp8", "tensor_fp8", 1e-9);
    allows("gemm_int8", "int8", "tensor_int8", 1e-9);
    CHECK(closedForms().size() == 11);
    allows("predicated", "fp32", "fp32", 1e-9);
    allows("predicated_off", "fp32", "fp32", 1e-9);
    allows("empty", "", "flops", 1e-9);
    CHECK(recordedForms().size() == 14);
    for (const ClosedForm& form : closedForms()) CHECK(form.op != "empty");
}

TEST_CASE("where nothing is expected, only zero is right") {
    const ClosedForm& off = closedForm("predicated_off");
    CHECK(judge(off, 0, 0.0, {}).ok);
    CHECK(judge(off, 0, 0.0, {}).text == "0 FLOPs counted, 0 expected");
    CHECK_FALSE(judge(off, 0, 2.0, {}).ok);
    CHECK(judge(off, 0, 2.0, {}).text == "2 FLOPs counted, 0 expected");
    CHECK_FALSE(judge(off, 0, std::nullopt, "NaN").ok);
}

TEST_CASE("a verdict says what was counted, or why nothing was") {
    CHECK(judge(closedForm("fp32"), 2e12, 2e12, {}).text == "2e+12 FLOPs counted, 2e+12 expected");
    CHECK(judge(closedForm("copy"), 1e9, 0.95e9, {}).text ==
          "9.5e+08 bytes counted, 1e+09 expected: -5 %, 1 % allowed");
    CHECK(judge(closedForm("copy"), 1e9, 1.005e9, {}).text ==
          "1.005e+09 bytes counted, 1e+09 expected: +0.5 %");
    CHECK(judge(closedForm("gemm_bf16"), 1e9, 0.5e9, {}).text ==
          "5e+08 FLOPs counted, 1e+09 expected: -50 %");
    CHECK(judge(closedForm("gemm_int8"), 1e9, std::nullopt, "the chip has no counter for tensor_int8").text ==
          "operations not counted: the chip has no counter for tensor_int8");
}

TEST_CASE("every closed form is of a path that some ceiling or DRAM has") {
    for (const ClosedForm& form : closedForms()) {
        INFO(form.name);
        if (form.path != "dram") CHECK_NOTHROW(measuredCeiling(form.path));
        CHECK(form.tolerance <= 0.01);
    }
    CHECK_THROWS_AS(closedForm("gemm"), Error);
}
