// SPDX-License-Identifier: Apache-2.0
// Rows of v_points as ridge show writes them: for people, and with every digit for programs.
#pragma once

#include <string>
#include <string_view>

#include "collector/cli/text_table.hpp"
#include "db/results.hpp"

namespace ridge::cli {

/// The columns people look for first, with units.
[[nodiscard]] TextTable readable(const db::Table& points);
/// RFC 4180 fields with line feeds, all columns, shortest digits that read back as the same number; `#` lines
/// with the unit of each column come first. NULL is an empty field, an empty text is "".
[[nodiscard]] std::string csv(const db::Table& points);
/// An array of objects, NULL as null.
[[nodiscard]] std::string json(const db::Table& points);
/// The unit of a column of v_points: "ns", "byte", "FLOP/s"; empty where it has none.
[[nodiscard]] std::string_view unitOf(std::string_view column);

}  // namespace ridge::cli
