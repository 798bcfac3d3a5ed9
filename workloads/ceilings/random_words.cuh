// SPDX-License-Identifier: Apache-2.0
// What the load kernels share: counted random words, and how many blocks a device holds at once.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "workloads/ceilings/load_kernels.hpp"

namespace ridge::workloads {

/// Word `counter` of a random sequence: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014), the upper half.
__device__ inline std::uint32_t randomWord(std::uint64_t seed, std::uint64_t counter) {
    std::uint64_t z = (seed + counter + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
}

/// One full wave of `kernel` in blocks of loadThreads without dynamic shared memory.
inline cudaError_t residentBlocksOf(const void* kernel, unsigned* blocks) {
    int device = 0;
    int multiprocessors = 0;
    int perMultiprocessor = 0;
    cudaError_t status = cudaGetDevice(&device);
    if (status != cudaSuccess) return status;
    status = cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device);
    if (status != cudaSuccess) return status;
    status = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&perMultiprocessor, kernel,
                                                           static_cast<int>(loadThreads), 0);
    if (status != cudaSuccess) return status;
    *blocks = static_cast<unsigned>(multiprocessors * perMultiprocessor);
    return cudaSuccess;
}

}  // namespace ridge::workloads
