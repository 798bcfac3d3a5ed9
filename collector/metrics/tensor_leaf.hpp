// SPDX-License-Identifier: Apache-2.0
// The parts of a tensor counter's name: [op_OP_]src_TYPES[_dst_TYPE][_sparsity_off|on].
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ridge::metrics {

struct TensorName {
    std::string op, src, dst, sparsity;  ///< empty where the name does not say
};

/// `name` without its prefix and rollup; nullopt when it is not of the form above.
[[nodiscard]] std::optional<TensorName> parseTensorName(std::string_view name);

/// True when `part` counts a share of what `whole` counts: same sources, and every part that `whole` names is
/// the same in `part`, which names more.
[[nodiscard]] bool isPartOf(const TensorName& part, const TensorName& whole);

}  // namespace ridge::metrics
