// SPDX-License-Identifier: Apache-2.0
// The matrix products one operator consists of, as sizes and types; no CUDA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "db/model/point.hpp"

namespace ridge::workloads {

enum class DType { bf16, fp16, tf32, fp32, fp64 };
enum class Layout { nn, nt };  ///< B stored [K,N] (nn) or [N,K] (nt); A [M,K] and C [M,N], all row-major
enum class Implementation { cublas, fixedTile };

/// tf32 is stored as fp32.
[[nodiscard]] std::size_t bytesOf(DType type) noexcept;

/// C_i[M,N_i] = A[M,K] B_i for every N_i in `columns`, in `products` independent instances that lie one
/// behind the other in memory. qkv has three columns (or one, where the model fuses them), attention has one
/// instance per batch entry and KV head: query heads that share a KV head are rows of one product, since
/// their queries are neighbours in memory.
struct GemmProblem {
    std::int64_t m = 0, k = 0;
    std::vector<std::int64_t> columns;
    std::int64_t products = 1;
    DType type = DType::bf16;
    Layout layout = Layout::nn;
    Implementation implementation = Implementation::cublas;

    /// Sum of 2 M N_i K over all products.
    [[nodiscard]] double flops() const noexcept;
};

/// The problem of a planned point: M, N, K are its columns m, n, k; how many weights (qkv) or instances
/// (attention) there are follows from flops_algorithmic. Throws ridge::Error (failed) where these contradict
/// each other or nothing here can run the operator, dtype, layout or implementation.
[[nodiscard]] GemmProblem gemmProblem(const db::Point& point);

}  // namespace ridge::workloads
