// SPDX-License-Identifier: Apache-2.0
#include <cooperative_groups.h>

#include "tests/gpu/grid_kernel.hpp"
#include "workloads/ceilings/random_words.cuh"

namespace ridge::test {
namespace {

// Half an array lies between where b is written and where it is read: the L2 has lost it by then.
__global__ void __launch_bounds__(workloads::loadThreads)
    turnedSum(const uint4* a, uint4* b, uint4* c, std::size_t chunks) {
    const std::size_t first = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
    for (std::size_t i = first; i < chunks; i += stride) b[i] = a[i];
    cooperative_groups::this_grid().sync();
    const std::size_t half = chunks / 2;
    for (std::size_t i = first; i < chunks; i += stride) {
        const uint4 other = b[i < half ? i + half : i - half];
        uint4 sum = c[i];
        sum.x += other.x;
        sum.y += other.y;
        sum.z += other.z;
        sum.w += other.w;
        c[i] = sum;
    }
}

}  // namespace

cudaError_t launchTurnedSum(const std::uint32_t* a, std::uint32_t* b, std::uint32_t* c, std::size_t words,
                            cudaStream_t stream) {
    const void* kernel = reinterpret_cast<const void*>(turnedSum);
    unsigned blocks = 0;
    const cudaError_t status = workloads::residentBlocksOf(kernel, &blocks);
    if (status != cudaSuccess) return status;
    std::size_t chunks = words * sizeof(std::uint32_t) / sizeof(uint4);
    void* arguments[] = {&a, &b, &c, &chunks};
    return cudaLaunchCooperativeKernel(kernel, dim3(blocks), dim3(workloads::loadThreads), arguments, 0,
                                       stream);
}

}  // namespace ridge::test
