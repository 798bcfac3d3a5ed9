// SPDX-License-Identifier: Apache-2.0
// Rows of text in aligned columns, as narrow as the terminal wants them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ridge::cli {

struct TextColumn {
    enum class Align { left, right };
    std::string title;
    Align align = Align::left;
    int rank = 0;  ///< where the table is too wide, the column with the largest rank goes first; 0 stays
};

struct TextTable {
    std::vector<TextColumn> columns;
    std::vector<std::vector<std::string>> rows;  ///< an empty cell is shown as '-'
};

/// Columns of a rank above 0 in which every cell is empty are left out.
void dropEmptyColumns(TextTable& table);
/// At most `width` columns wide, where one is given.
[[nodiscard]] std::string aligned(TextTable table, std::optional<std::size_t> width);
[[nodiscard]] std::string markdown(const TextTable& table);

}  // namespace ridge::cli
