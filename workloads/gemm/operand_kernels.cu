// SPDX-License-Identifier: Apache-2.0
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "workloads/gemm/operand_kernels.hpp"

namespace ridge::workloads {
namespace {

constexpr unsigned blockThreads = 256;
constexpr unsigned mostBlocks = 4096;

unsigned blocksFor(std::size_t items) {
    const std::size_t blocks = (items + blockThreads - 1) / blockThreads;
    return blocks < mostBlocks ? static_cast<unsigned>(blocks) : mostBlocks;
}

__device__ std::size_t firstItem() {
    return static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ std::size_t itemStride() {
    return static_cast<std::size_t>(gridDim.x) * blockDim.x;
}

template <class T>
__device__ T fromFloat(float value) {
    return static_cast<T>(value);
}
template <>
__device__ __nv_bfloat16 fromFloat(float value) {
    return __float2bfloat16_rn(value);
}
template <>
__device__ __half fromFloat(float value) {
    return __float2half_rn(value);
}

/// SplitMix64 of a counter: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014.
__device__ std::uint64_t mixed(std::uint64_t counter) {
    std::uint64_t z = counter * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/// Box-Muller, one value of the pair; the first uniform is in (0, 1], so that its logarithm is finite.
__device__ float normal(std::uint64_t counter) {
    const std::uint64_t bits = mixed(counter);
    const float radius = (static_cast<float>(bits >> 40) + 1.0f) * 0x1p-24f;
    const float angle = static_cast<float>(bits & 0xffffffu) * 0x1p-24f;
    return sqrtf(-2.0f * __logf(radius)) * __cosf(6.2831853f * angle);
}

template <class T>
__global__ void normalKernel(T* target, std::size_t elements, std::uint64_t seed) {
    const std::uint64_t start = mixed(seed + 1);
    for (std::size_t i = firstItem(); i < elements; i += itemStride())
        target[i] = fromFloat<T>(normal(start + i));
}

template <class T>
__global__ void linearKernel(T* target, std::size_t elements) {
    const double step = elements > 1 ? 200.0 / static_cast<double>(elements - 1) : 0.0;
    for (std::size_t i = firstItem(); i < elements; i += itemStride()) {
        target[i] = fromFloat<T>(static_cast<float>(-100.0 + step * static_cast<double>(i)));
    }
}

__global__ void differencesKernel(const std::uint16_t* left, const std::uint16_t* right, std::size_t words,
                                  unsigned long long* differences) {
    unsigned long long found = 0;
    for (std::size_t i = firstItem(); i < words; i += itemStride()) found += left[i] != right[i];
    if (found != 0) atomicAdd(differences, found);
}

__global__ void readKernel(const uint4* source, std::size_t chunks, unsigned* sink) {
    unsigned sum = 0;
    for (std::size_t i = firstItem(); i < chunks; i += itemStride()) {
        const uint4 value = source[i];
        sum |= value.x & value.y & value.z & value.w;
    }
    // The buffer holds zeros, so this is never true, which the compiler cannot know.
    if (sum == 0xdeadbeefu) *sink = sum;
}

__device__ std::uint64_t globalNanoseconds() {
    std::uint64_t now = 0;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
    return now;
}

__global__ void occupyKernel(std::uint64_t nanoseconds) {
    const std::uint64_t start = globalNanoseconds();
    while (globalNanoseconds() - start < nanoseconds) {
    }
}

template <class Body>
cudaError_t withType(DType type, Body body) {
    switch (type) {
        case DType::bf16:
            body(__nv_bfloat16{});
            break;
        case DType::fp16:
            body(__half{});
            break;
        case DType::tf32:
        case DType::fp32:
            body(float{});
            break;
        case DType::fp64:
            body(double{});
            break;
    }
    return cudaGetLastError();
}

}  // namespace

cudaError_t fillNormal(void* target, std::size_t elements, DType type, std::uint64_t seed,
                       cudaStream_t stream) {
    return withType(type, [&](auto element) {
        normalKernel<<<blocksFor(elements), blockThreads, 0, stream>>>(
            static_cast<decltype(element)*>(target), elements, seed);
    });
}

cudaError_t fillLinear(void* target, std::size_t elements, DType type, cudaStream_t stream) {
    return withType(type, [&](auto element) {
        linearKernel<<<blocksFor(elements), blockThreads, 0, stream>>>(
            static_cast<decltype(element)*>(target), elements);
    });
}

cudaError_t countDifferences(const void* left, const void* right, std::size_t words,
                             unsigned long long* differences, cudaStream_t stream) {
    differencesKernel<<<blocksFor(words), blockThreads, 0, stream>>>(static_cast<const std::uint16_t*>(left),
                                                                     static_cast<const std::uint16_t*>(right),
                                                                     words, differences);
    return cudaGetLastError();
}

cudaError_t readThrough(const void* source, std::size_t bytes, unsigned* sink, cudaStream_t stream) {
    const std::size_t chunks = bytes / sizeof(uint4);
    readKernel<<<blocksFor(chunks), blockThreads, 0, stream>>>(static_cast<const uint4*>(source), chunks,
                                                               sink);
    return cudaGetLastError();
}

cudaError_t occupy(std::uint64_t nanoseconds, cudaStream_t stream) {
    occupyKernel<<<1, 1, 0, stream>>>(nanoseconds);
    return cudaGetLastError();
}

}  // namespace ridge::workloads
