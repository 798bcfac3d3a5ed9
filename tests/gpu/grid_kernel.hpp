// SPDX-License-Identifier: Apache-2.0
// A kernel whose blocks wait for one another, so that it runs only where all of them run at once.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace ridge::test {

/// b = a; then, behind a barrier of the whole grid, c += b turned by half its length: reads three arrays and
/// writes two. Each has `words` 4-byte words, a multiple of 8. A cooperative launch.
[[nodiscard]] cudaError_t launchTurnedSum(const std::uint32_t* a, std::uint32_t* b, std::uint32_t* c,
                                          std::size_t words, cudaStream_t stream);

}  // namespace ridge::test
