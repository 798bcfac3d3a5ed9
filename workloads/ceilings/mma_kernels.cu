// SPDX-License-Identifier: Apache-2.0
#include "workloads/ceilings/load_kernels.hpp"
#include "workloads/ceilings/random_words.cuh"

namespace ridge::workloads {
namespace {

// mma.sync on registers alone: PTX ISA, mma. Operands are random values of magnitude 1 to 2; the second step
// adds the negative of the first, so that accumulators stay bounded.

template <class Accumulator, int accumulatorWords, std::uint32_t keepBits, std::uint32_t setBits,
          std::uint32_t signBits>
struct Fragments {
    using Word = Accumulator;
    static constexpr int words = accumulatorWords;
    static constexpr std::uint32_t keep = keepBits, set = setBits, sign = signBits;
};

#define RIDGE_MMA_F32(shape, types)                                                               \
    static __device__ void multiply(float(&d)[4], const unsigned(&a)[4], const unsigned(&b)[2]) { \
        asm volatile("mma.sync.aligned." shape ".row.col.f32." types                              \
                     ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"                 \
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                             \
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));         \
    }

struct Bf16 : Fragments<float, 4, 0x807f807fu, 0x3f803f80u, 0x80008000u> {
    RIDGE_MMA_F32("m16n8k16", "bf16.bf16")
};
struct Fp16 : Fragments<float, 4, 0x83ff83ffu, 0x3c003c00u, 0x80008000u> {
    RIDGE_MMA_F32("m16n8k16", "f16.f16")
};
struct Tf32 : Fragments<float, 4, 0x807fe000u, 0x3f800000u, 0x80000000u> {
    RIDGE_MMA_F32("m16n8k8", "tf32.tf32")
};
#undef RIDGE_MMA_F32

struct Fp16Acc16 : Fragments<unsigned, 2, 0x83ff83ffu, 0x3c003c00u, 0x80008000u> {
    static __device__ void multiply(unsigned (&d)[2], const unsigned (&a)[4], const unsigned (&b)[2]) {
        asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%0,%1}, {%2,%3,%4,%5}, {%6,%7}, {%0,%1};"
            : "+r"(d[0]), "+r"(d[1])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    }
};

/// Signed bytes; inverting them all is the negative less one, and sums wrap, which costs an integer nothing.
struct Int8 : Fragments<unsigned, 4, 0xffffffffu, 0, 0xffffffffu> {
    static __device__ void multiply(unsigned (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
        asm volatile(
            "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
            "{%0,%1,%2,%3};"
            : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    }
};

__device__ unsigned bitsOf(float value) {
    return __float_as_uint(value);
}
__device__ unsigned bitsOf(unsigned value) {
    return value;
}

template <class Type>
__global__ void __launch_bounds__(loadThreads) mmaKernel(int iterations, unsigned* sink) {
    const std::uint64_t thread = static_cast<std::uint64_t>(blockIdx.x) * loadThreads + threadIdx.x;
    const auto operand = [&](std::uint64_t index) {
        return (randomWord(thread, index << 32) & Type::keep) | Type::set;
    };
    unsigned a[mmaSteps][4];
    unsigned b[2];
#pragma unroll
    for (unsigned i = 0; i < 4; ++i) {
        a[0][i] = operand(i);
        a[1][i] = a[0][i] ^ Type::sign;
    }
    b[0] = operand(4);
    b[1] = operand(5);
    typename Type::Word d[mmaChains][Type::words] = {};
#pragma unroll 1
    for (int iteration = 0; iteration < iterations; ++iteration) {
#pragma unroll
        for (int step = 0; step < mmaSteps; ++step) {
#pragma unroll
            for (int chain = 0; chain < mmaChains; ++chain) Type::multiply(d[chain], a[step], b);
        }
    }
    unsigned folded = 0;
#pragma unroll
    for (int chain = 0; chain < mmaChains; ++chain) {
#pragma unroll
        for (int word = 0; word < Type::words; ++word) folded ^= bitsOf(d[chain][word]);
    }
    if (folded == 0x9e3779b9u) *sink = folded;
}

template <class Body>
cudaError_t withType(MmaType type, Body body) {
    switch (type) {
        case MmaType::bf16:
            return body(Bf16{});
        case MmaType::fp16:
            return body(Fp16{});
        case MmaType::fp16Acc16:
            return body(Fp16Acc16{});
        case MmaType::tf32:
            return body(Tf32{});
        case MmaType::int8:
            return body(Int8{});
    }
    return cudaErrorInvalidValue;
}

}  // namespace

cudaError_t residentBlocks(MmaType type, unsigned* blocks) {
    return withType(type, [&](auto operands) {
        return residentBlocksOf(reinterpret_cast<const void*>(mmaKernel<decltype(operands)>), blocks);
    });
}

cudaError_t launchMma(MmaType type, int iterations, unsigned blocks, unsigned* sink, cudaStream_t stream) {
    return withType(type, [&](auto operands) {
        mmaKernel<decltype(operands)><<<blocks, loadThreads, 0, stream>>>(iterations, sink);
        return cudaGetLastError();
    });
}

}  // namespace ridge::workloads
