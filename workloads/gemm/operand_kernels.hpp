// SPDX-License-Identifier: Apache-2.0
// Small kernels around a measurement: filling operands, comparing outputs, emptying the L2, keeping the GPU
// busy.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "workloads/gemm/gemm_problem.hpp"

namespace ridge::workloads {

/// Independent standard normal values; element i depends on (seed, i) only.
[[nodiscard]] cudaError_t fillNormal(void* target, std::size_t elements, DType type, std::uint64_t seed,
                                     cudaStream_t stream);

/// `elements` evenly spaced values from -100 to 100, both ends included.
[[nodiscard]] cudaError_t fillLinear(void* target, std::size_t elements, DType type, cudaStream_t stream);

/// Adds the number of differing 16-bit words of two buffers to `*differences` (device memory).
[[nodiscard]] cudaError_t countDifferences(const void* left, const void* right, std::size_t words,
                                           unsigned long long* differences, cudaStream_t stream);

/// Reads `bytes` (a multiple of 16) once. `sink` (device memory) is only written for a sum that does not
/// occur.
[[nodiscard]] cudaError_t readThrough(const void* source, std::size_t bytes, unsigned* sink,
                                      cudaStream_t stream);

/// Occupies the stream for about `nanoseconds` without touching memory.
[[nodiscard]] cudaError_t occupy(std::uint64_t nanoseconds, cudaStream_t stream);

}  // namespace ridge::workloads
