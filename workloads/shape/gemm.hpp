// SPDX-License-Identifier: Apache-2.0
// Equal matrix products and what they cost before any hardware is named: FLOPs and bytes.
#pragma once

#include <cstdint>

namespace ridge::shape {

/// `count` products C[M,N] = A[M,K] B[K,N]; every `sharing` of them multiply the same B.
struct Gemm {
    std::int64_t m = 0, n = 0, k = 0;
    std::int64_t count = 1;
    std::int64_t sharing = 1;  ///< divides count
};

/// 2 M N K each: a multiplication and an addition for every term of every inner product.
[[nodiscard]] double flops(const Gemm& gemm) noexcept;

/// Elements of every A and every distinct B read once and of every C written once, M K + K N + M N; times the
/// element size these are the compulsory bytes (Williams, Waterman, Patterson 2009, CACM 52:4).
[[nodiscard]] double compulsoryElements(const Gemm& gemm) noexcept;

}  // namespace ridge::shape
