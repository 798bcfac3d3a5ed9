// SPDX-License-Identifier: Apache-2.0
// The operators of a transformer layer as matrix products: from a model's dimensions to M, N and K.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/shape/gemm.hpp"
#include "workloads/shape/llm.hpp"

namespace ridge::shape {

/// One forward pass: every one of `batch` sequences brings `queries` new tokens and attends to `context`
/// keys.
struct Pass {
    std::int64_t batch = 1;
    std::int64_t queries = 1;  ///< q: s in prefill, 1 in decode, the candidates in speculation
    std::int64_t context = 1;  ///< K length of QK^T

    [[nodiscard]] std::int64_t tokens() const noexcept { return batch * queries; }  ///< t, rows of a linear
};

/// The operators of one layer in order of execution: qkv, qk, pv, out and up, gate, down or fc1, fc2.
[[nodiscard]] std::vector<std::string_view> layerOperators(const Llm& llm);
/// True for a layer's operators and for lm_head.
[[nodiscard]] bool hasOperator(const Llm& llm, std::string_view op);
/// qk and pv: the two whose operands are the KV cache, not weights.
[[nodiscard]] bool isAttention(std::string_view op) noexcept;

/// The products of one operator, M,N,K each, after Chen 2023 and MEDUSA (arXiv 2401.10774, appendix):
/// - qkv t,nd+2kd,h as one matrix, or t,nd,h and twice t,kd,h; out t,h,nd; lm_head t,V,h
/// - up, gate, fc1 t,i,h; down, fc2 t,h,i
/// - qk q,c,d and pv q,d,c for every sequence and head; with grouped-query attention the n / k query heads of
///   one KV head read the same K and V
///
/// No causal halving, no softmax, no bias. Throws std::logic_error for an operator the model does not have.
[[nodiscard]] std::vector<Gemm> gemmsOf(std::string_view op, const Llm& llm, const Pass& pass);

[[nodiscard]] double flops(const std::vector<Gemm>& gemms) noexcept;
[[nodiscard]] double compulsoryElements(const std::vector<Gemm>& gemms) noexcept;
/// Elements in device memory at once: compulsoryElements with the A that products of one operator share
/// counted once.
[[nodiscard]] double residentElements(const std::vector<Gemm>& gemms) noexcept;

}  // namespace ridge::shape
