// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/tensor_leaf.hpp"

namespace ridge::metrics {
namespace {

/// Cuts `text` at the last `marker` and returns what stood behind it; empty where there is none.
std::string cutBehind(std::string_view& text, std::string_view marker) {
    const auto at = text.rfind(marker);
    if (at == std::string_view::npos) return {};
    std::string tail(text.substr(at + marker.size()));
    text = text.substr(0, at);
    return tail;
}

bool refines(const std::string& part, const std::string& whole) {
    return whole.empty() || part == whole;
}

}  // namespace

std::optional<TensorName> parseTensorName(std::string_view name) {
    TensorName parts;
    parts.sparsity = cutBehind(name, "_sparsity_");
    if (!parts.sparsity.empty() && parts.sparsity != "off" && parts.sparsity != "on") return std::nullopt;
    parts.dst = cutBehind(name, "_dst_");
    if (name.starts_with("op_")) {
        const auto end = name.find("_src_");
        if (end == std::string_view::npos) return std::nullopt;
        parts.op = name.substr(3, end - 3);
        name.remove_prefix(end + 1);
    }
    if (!name.starts_with("src_") || name.size() == 4) return std::nullopt;
    parts.src = name.substr(4);
    return parts;
}

bool isPartOf(const TensorName& part, const TensorName& whole) {
    const bool same = part.op == whole.op && part.dst == whole.dst && part.sparsity == whole.sparsity;
    return !same && part.src == whole.src && refines(part.op, whole.op) && refines(part.dst, whole.dst) &&
           refines(part.sparsity, whole.sparsity);
}

}  // namespace ridge::metrics
