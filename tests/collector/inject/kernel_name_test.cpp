// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/kernel_name.hpp"

#include "tests/support/catch.hpp"

using namespace ridge::inject;

TEST_CASE("a mangled name becomes what people read, short and full") {
    const KernelName axpy = kernelName("_Z4axpyIfEvT_PKS0_PS0_i");
    CHECK(axpy.full == "void axpy<float>(float, float const*, float*, int)");
    CHECK(axpy.shortName == "axpy");
    CHECK(axpy.mangled == "_Z4axpyIfEvT_PKS0_PS0_i");
    CHECK(kernelName("_ZN7cutlass6KernelI4GemmEEvNT_6ParamsE").shortName == "cutlass::Kernel");
    CHECK(kernelName("_ZN12_GLOBAL__N_14workEi").shortName == "(anonymous namespace)::work");
    CHECK(kernelName("_ZN12_GLOBAL__N_14workIXgtLi3ELi1EEEEvi").shortName == "(anonymous namespace)::work");
}

TEST_CASE("an arrow within template arguments does not end them") {
    CHECK(kernelName("void work<&(a->b), int>(float)").shortName == "work");
}

TEST_CASE("a name that nobody mangled stays") {
    for (const char* name : {"matmul_kernel", "triton_poi_fused_add_0", "_Znonsense", ""}) {
        CHECK(kernelName(name).full == name);
        CHECK(kernelName(name).shortName == name);
    }
}

TEST_CASE("kernels that wait for other kernels are known by name") {
    const auto waits = [](const char* name) { return !waitsForOthers(kernelName(name)).empty(); };
    CHECK(waits("ncclDevKernel_AllReduce_Sum_bf16_RING_LL"));
    CHECK(waits("_Z23ncclKernel_AllReduceXYZi"));
    CHECK(waits("nvshmemi_barrier_kernel"));
    CHECK(waits("_ZN4vllm26cross_device_reduce_1stageIfLi2EEEvi"));
    CHECK(!waits("ampere_sgemm_128x64_tn"));
    CHECK(!waits("my_ncclDevKernel"));
    CHECK(!waits("reduce_kernel"));
}

TEST_CASE("the name of a C kernel stays what it is, also where it would be a type's") {
    CHECK(kernelName("f").full == "f");
    CHECK(kernelName("a").shortName == "a");
    CHECK(kernelName(">").shortName == ">");
}
