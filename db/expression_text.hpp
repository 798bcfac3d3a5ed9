// SPDX-License-Identifier: Apache-2.0
// What can be said of a user's SQL expression without SQLite, and how its errors read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/model/error.hpp"

namespace ridge::db {

/// Throws ridge::Error (usage) unless the text stays one expression when it is put between parentheses:
/// closed quotes and parentheses, no comment, no ';', no parameter, no subquery, at most 32 KiB.
void requireOneExpression(std::string_view expression);

/// ridge::Error (usage) that shows the expression, what SQLite said of it, where it stopped (`offset` in
/// bytes, outside the expression where unknown), and the nearest columns where it missed one.
[[nodiscard]] Error expressionError(std::string_view expression, std::string_view message, int offset,
                                    const std::vector<std::string>& columns);

/// "did you mean 'a' or 'b'?", or all columns where none is near.
[[nodiscard]] std::string nearestHint(std::string_view name, const std::vector<std::string>& columns);

}  // namespace ridge::db
