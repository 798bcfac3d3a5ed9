// SPDX-License-Identifier: Apache-2.0
// NVTX ranges named `ridge:key=value,...`: what a program says of its own work, put into a point's columns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/model/point.hpp"

namespace ridge::inject {

struct RidgeRange {
    std::vector<std::pair<std::string, std::string>> values;  ///< in their order, trimmed
    std::vector<std::string> notes;                           ///< what of the name could not be read
};

/// nullopt when the name does not begin with "ridge:".
[[nodiscard]] std::optional<RidgeRange> parseRidgeRange(std::string_view name);

/// What the point is of the range: the range itself, or one kernel of it. Of a part, the operator and the
/// totals (flops, useful_flops, bytes, emitted) go to params: they are the whole range's.
enum class Extent { whole, part };

/// Fills operator (op), phase, model, dtype, layout, implementation, series; batch, seq, spec, tokens,
/// context, kv_heads, m, n, k; flops (algorithmic), useful_flops, bytes (compulsory), emitted (tokens). Any
/// other key, and a number that is none, becomes a member of params. Returns a sentence for each value it
/// could not use.
[[nodiscard]] std::vector<std::string> apply(const RidgeRange& range, Extent extent, db::Point& point);

}  // namespace ridge::inject
