// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/llm.hpp"

#include <fmt/format.h>

#include "db/catalog/share.hpp"
#include "db/catalog/toml_file.hpp"
#include "workloads/shape/operator.hpp"

namespace ridge::shape {
namespace {

constexpr std::int64_t largestDimension = std::int64_t{1} << 30;

std::int64_t requireDimension(const std::filesystem::path& file, const toml::table& table,
                              std::string_view key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) throw catalog::tomlError(file, table, fmt::format("'{}' is missing", key));
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 1 || *value > largestDimension) {
        throw catalog::tomlError(
            file, *node, fmt::format("'{}' must be a whole number from 1 to {}", key, largestDimension));
    }
    return *value;
}

/// Dimensions that contradict each other would give wrong FLOPs without any other sign.
void requireConsistent(const std::filesystem::path& file, const toml::table& table, const Llm& llm) {
    if (llm.heads % llm.kvHeads != 0) {
        throw catalog::tomlError(
            file, *table.get("kv_heads"),
            fmt::format("'heads' ({}) must be a multiple of 'kv_heads' ({})", llm.heads, llm.kvHeads));
    }
    if (llm.paddedVocab < llm.vocab) {
        throw catalog::tomlError(
            file, *table.get("padded_vocab"),
            fmt::format("'padded_vocab' ({}) must not be below 'vocab' ({})", llm.paddedVocab, llm.vocab));
    }
}

}  // namespace

Llm loadLlm(std::string_view nameOrPath) {
    const auto file = catalog::fileOf("models", "model", nameOrPath);
    const toml::table table = catalog::parseToml(file);
    catalog::requireKnownKeys(file, table,
                              {"title", "source", "hidden", "layers", "heads", "kv_heads", "head_dim", "ffn",
                               "vocab", "padded_vocab", "context", "qkv", "mlp"});
    Llm llm;
    llm.name = file.stem().string();
    llm.title = catalog::requireString(file, table, "title");
    llm.source = catalog::requireString(file, table, "source");
    llm.hidden = requireDimension(file, table, "hidden");
    llm.layers = requireDimension(file, table, "layers");
    llm.heads = requireDimension(file, table, "heads");
    llm.kvHeads = requireDimension(file, table, "kv_heads");
    llm.headDim = requireDimension(file, table, "head_dim");
    llm.ffn = requireDimension(file, table, "ffn");
    llm.vocab = requireDimension(file, table, "vocab");
    llm.paddedVocab = requireDimension(file, table, "padded_vocab");
    llm.context = requireDimension(file, table, "context");
    llm.fusedQkv = catalog::choiceOr(file, table, "qkv", "separate", {"separate", "fused"}) == "fused";
    llm.gated = catalog::choiceOr(file, table, "mlp", "gated", {"gated", "plain"}) == "gated";
    requireConsistent(file, table, llm);
    return llm;
}

double layerParameters(const Llm& llm) noexcept {
    double weights = 0;
    for (const std::string_view op : layerOperators(llm)) {
        if (isAttention(op)) continue;
        for (const Gemm& gemm : gemmsOf(op, llm, Pass{})) {
            weights += static_cast<double>(gemm.n) * static_cast<double>(gemm.k * gemm.count);
        }
    }
    return weights * static_cast<double>(llm.layers);
}

}  // namespace ridge::shape
