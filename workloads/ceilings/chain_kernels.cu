// SPDX-License-Identifier: Apache-2.0
#include <cuda_fp16.h>

#include "workloads/ceilings/load_kernels.hpp"
#include "workloads/ceilings/random_words.cuh"

namespace ridge::workloads {
namespace {

// Each step is x = factor x + addend with factor -1, which the compiler does not know: a chain swings
// between its random start and addend minus it for ever, so its bits keep changing and never overflow.
// Starts are made from bits, comparisons are of bits: the chains are all the floating-point arithmetic.

struct Fp32 {
    using Value = float;
    static __device__ Value start(std::uint32_t random) { return __uint_as_float(0x3f800000u | random >> 9); }
    static __device__ Value step(Value x, Value factor, Value addend) { return fmaf(x, factor, addend); }
    static __device__ unsigned bits(Value x) { return __float_as_uint(x); }
};

struct Fp64 {
    using Value = double;
    static __device__ Value start(std::uint32_t random) {
        return __hiloint2double(static_cast<int>(0x3ff00000u | random >> 12), static_cast<int>(random));
    }
    static __device__ Value step(Value x, Value factor, Value addend) { return fma(x, factor, addend); }
    static __device__ unsigned bits(Value x) {
        return static_cast<unsigned>(__double2hiint(x) ^ __double2loint(x));
    }
};

struct Half2 {
    using Value = __half2;
    static __device__ Value start(std::uint32_t random) {
        const std::uint32_t word = 0x3c003c00u | (random & 0x03ff03ffu);
        return *reinterpret_cast<const Value*>(&word);
    }
    static __device__ Value step(Value x, Value factor, Value addend) { return __hfma2(x, factor, addend); }
    static __device__ unsigned bits(Value x) { return *reinterpret_cast<const unsigned*>(&x); }
};

template <class Type>
__global__ void __launch_bounds__(loadThreads)
    chainKernel(int iterations, typename Type::Value factor, typename Type::Value addend, unsigned* sink) {
    typename Type::Value x[chains];
#pragma unroll
    for (int i = 0; i < chains; ++i) {
        x[i] = Type::start(randomWord(static_cast<std::uint64_t>(blockIdx.x) * loadThreads + threadIdx.x,
                                      static_cast<std::uint64_t>(i) << 32));
    }
#pragma unroll 1
    for (int iteration = 0; iteration < iterations; ++iteration) {
#pragma unroll
        for (int step = 0; step < chainSteps; ++step) {
#pragma unroll
            for (int i = 0; i < chains; ++i) x[i] = Type::step(x[i], factor, addend);
        }
    }
    unsigned folded = 0;
#pragma unroll
    for (int i = 0; i < chains; ++i) folded ^= Type::bits(x[i]);
    if (folded == 0x9e3779b9u) *sink = folded;
}

template <class Type>
cudaError_t resident(unsigned* blocks) {
    return residentBlocksOf(reinterpret_cast<const void*>(chainKernel<Type>), blocks);
}

}  // namespace

cudaError_t residentBlocks(ChainType type, unsigned* blocks) {
    switch (type) {
        case ChainType::fp64:
            return resident<Fp64>(blocks);
        case ChainType::fp32:
            return resident<Fp32>(blocks);
        case ChainType::half2:
            return resident<Half2>(blocks);
    }
    return cudaErrorInvalidValue;
}

cudaError_t launchChains(ChainType type, int iterations, unsigned blocks, unsigned* sink,
                         cudaStream_t stream) {
    switch (type) {
        case ChainType::fp64:
            chainKernel<Fp64><<<blocks, loadThreads, 0, stream>>>(iterations, -1.0, 2.625, sink);
            break;
        case ChainType::fp32:
            chainKernel<Fp32><<<blocks, loadThreads, 0, stream>>>(iterations, -1.0f, 2.625f, sink);
            break;
        case ChainType::half2:
            chainKernel<Half2><<<blocks, loadThreads, 0, stream>>>(iterations, __float2half2_rn(-1.0f),
                                                                   __float2half2_rn(2.625f), sink);
            break;
    }
    return cudaGetLastError();
}

}  // namespace ridge::workloads
