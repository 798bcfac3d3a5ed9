// SPDX-License-Identifier: Apache-2.0
// A bf16 matrix product whose rows do not depend on M: one tile for every shape, each output reduced over the
// whole K, in order, by one block.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "workloads/gemm/gemm_problem.hpp"

namespace ridge::workloads {

/// Device pointers to bf16, row-major: A [m,k], B [k,n] (nn) or [n,k] (nt), C [m,n].
struct FixedTileArguments {
    const void* a;
    const void* b;
    void* c;
    std::int64_t m, n, k;
};

/// Needs k % 8 == 0, and n % 8 == 0 in layout nn (rows start on 16 bytes); see fixedTileRefusal.
/// Compute capability 8.0 or newer.
[[nodiscard]] cudaError_t launchFixedTile(const FixedTileArguments& arguments, Layout layout,
                                          cudaStream_t stream);

}  // namespace ridge::workloads
