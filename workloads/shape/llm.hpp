// SPDX-License-Identifier: Apache-2.0
// The dimensions of a decoder-only transformer, as share/models holds them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ridge::shape {

struct Llm {
    std::string name, title, source;
    std::int64_t hidden = 0;       ///< h
    std::int64_t layers = 0;       ///< L
    std::int64_t heads = 0;        ///< n, of the queries
    std::int64_t kvHeads = 0;      ///< of keys and values; fewer than `heads` with grouped-query attention
    std::int64_t headDim = 0;      ///< d
    std::int64_t ffn = 0;          ///< i, width of the feed-forward part
    std::int64_t vocab = 0;        ///< V, as published
    std::int64_t paddedVocab = 0;  ///< what implementations round V up to
    std::int64_t context = 0;      ///< longest sequence the model was trained for
    bool fusedQkv = false;         ///< Wq, Wk and Wv are one matrix
    bool gated = false;            ///< up, gate and down instead of fc1 and fc2
};

/// A model by NAME in share/models or by PATH. Throws ridge::Error (usage): unknown name with the nearest
/// ones, or FILE:LINE:COLUMN for what does not parse or does not fit.
[[nodiscard]] Llm loadLlm(std::string_view nameOrPath);

/// Weights of every layer's linear operators, without biases, norms, embeddings and LM head.
[[nodiscard]] double layerParameters(const Llm& llm) noexcept;

}  // namespace ridge::shape
