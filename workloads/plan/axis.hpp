// SPDX-License-Identifier: Apache-2.0
// The values an axis takes: a list, or the powers of two of a range.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

namespace ridge::plan {

using Axes = std::map<std::string, std::vector<std::int64_t>>;

constexpr std::array<std::string_view, 4> axisNames{"batch", "seq", "spec", "tokens"};

/// The largest axis value or dimension: batch times seq of two such still fits 64 bits.
constexpr std::int64_t largestValue = std::int64_t{1} << 30;

/// A whole number from 1 to largestValue. Throws tomlError naming `what`.
[[nodiscard]] std::int64_t positiveInteger(const std::filesystem::path& file, const toml::node& node,
                                           std::string_view what);
/// A list of such numbers, not empty. Throws tomlError naming `what`.
[[nodiscard]] std::vector<std::int64_t> positiveIntegers(const std::filesystem::path& file,
                                                         const toml::node& node, std::string_view what);

/// The axes of a table, e.g. `batch = [1, 8]` or `batch = { from = 1, to = 64 }`, which is 1, 2, 4 .. 64.
/// Throws tomlError for an unknown axis, no values, values twice or not positive, ends that are no powers of
/// two.
[[nodiscard]] Axes readAxes(const std::filesystem::path& file, const toml::table& table);

}  // namespace ridge::plan
