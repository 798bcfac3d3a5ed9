// SPDX-License-Identifier: Apache-2.0
#include "workloads/ceilings/load_kernels.hpp"
#include "workloads/ceilings/random_words.cuh"

namespace ridge::workloads {
namespace {

/// Where `on` is zero the instruction is issued with its predicate false. In C++ the compiler would be free
/// to branch around it, or to compute and select.
__device__ float stepWhere(unsigned on, float x, float factor, float addend) {
    asm volatile(
        "{\n"
        "  .reg .pred wanted;\n"
        "  setp.ne.u32 wanted, %3, 0;\n"
        "  @wanted fma.rn.f32 %0, %0, %1, %2;\n"
        "}"
        : "+f"(x)
        : "f"(factor), "f"(addend), "r"(on));
    return x;
}

__global__ void __launch_bounds__(loadThreads)
    predicatedKernel(int iterations, unsigned lanes, float factor, float addend, unsigned* sink) {
    const unsigned on = threadIdx.x % warpThreads < lanes;
    float x[chains];
#pragma unroll
    for (int i = 0; i < chains; ++i) {
        x[i] = __uint_as_float(0x3f800000u |
                               randomWord(static_cast<std::uint64_t>(blockIdx.x) * loadThreads + threadIdx.x,
                                          static_cast<std::uint64_t>(i) << 32) >>
                                   9);
    }
#pragma unroll 1
    for (int iteration = 0; iteration < iterations; ++iteration) {
#pragma unroll
        for (int step = 0; step < chainSteps; ++step) {
#pragma unroll
            for (int i = 0; i < chains; ++i) x[i] = stepWhere(on, x[i], factor, addend);
        }
    }
    unsigned folded = 0;
#pragma unroll
    for (int i = 0; i < chains; ++i) folded ^= __float_as_uint(x[i]);
    if (folded == 0x9e3779b9u) *sink = folded;
}

__global__ void emptyKernel() {}

}  // namespace

cudaError_t launchPredicated(int iterations, unsigned lanes, unsigned blocks, unsigned* sink,
                             cudaStream_t stream) {
    predicatedKernel<<<blocks, loadThreads, 0, stream>>>(iterations, lanes, -1.0f, 2.625f, sink);
    return cudaGetLastError();
}

cudaError_t launchEmpty(cudaStream_t stream) {
    emptyKernel<<<1, warpThreads, 0, stream>>>();
    return cudaGetLastError();
}

}  // namespace ridge::workloads
