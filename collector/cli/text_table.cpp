// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/text_table.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "collector/cli/terminal.hpp"

namespace ridge::cli {
namespace {

constexpr std::string_view gap = "  ";

/// Every cell as it is shown: what is empty as "-".
TextTable shown(TextTable table) {
    for (auto& row : table.rows) {
        for (std::string& cell : row) cell = cell.empty() ? "-" : visible(cell);
    }
    return table;
}

std::vector<std::size_t> widthsOf(const TextTable& table) {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        std::size_t width = displayWidth(table.columns[column].title);
        for (const auto& row : table.rows) width = std::max(width, displayWidth(row[column]));
        widths.push_back(width);
    }
    return widths;
}

void eraseColumn(TextTable& table, std::size_t column) {
    const auto offset = static_cast<std::ptrdiff_t>(column);
    table.columns.erase(table.columns.begin() + offset);
    for (auto& row : table.rows) row.erase(row.begin() + offset);
}

std::size_t lineWidth(const std::vector<std::size_t>& widths) {
    if (widths.empty()) return 0;
    return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + gap.size() * (widths.size() - 1);
}

/// The first `width` characters.
std::string cut(std::string line, std::size_t width) {
    std::size_t bytes = 0;
    std::size_t seen = 0;
    while (bytes < line.size()) {
        std::size_t next = bytes + 1;
        while (next < line.size() && (static_cast<unsigned char>(line[next]) & 0xC0) == 0x80) ++next;
        if (++seen > width) break;
        bytes = next;
    }
    line.resize(bytes);
    return line;
}

template <class CellAt>
std::string lineOf(const TextTable& table, const std::vector<std::size_t>& widths, CellAt cellAt) {
    std::string line;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const std::string_view cell = cellAt(column);
        const std::string padding(widths[column] - displayWidth(cell), ' ');
        if (column > 0) line += gap;
        if (table.columns[column].align == TextColumn::Align::right)
            line.append(padding).append(cell);
        else
            line.append(cell).append(padding);
    }
    line.resize(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace

void dropEmptyColumns(TextTable& table) {
    for (std::size_t column = table.columns.size(); column-- > 0;) {
        const bool empty = std::all_of(table.rows.begin(), table.rows.end(),
                                       [column](const auto& row) { return row[column].empty(); });
        if (empty && table.columns[column].rank > 0) eraseColumn(table, column);
    }
}

std::string aligned(TextTable asked, std::optional<std::size_t> width) {
    TextTable table = shown(std::move(asked));
    std::vector<std::size_t> widths = widthsOf(table);
    while (width && lineWidth(widths) > *width) {
        const auto least =
            std::max_element(table.columns.begin(), table.columns.end(),
                             [](const TextColumn& a, const TextColumn& b) { return a.rank < b.rank; });
        if (least->rank == 0) break;
        const auto column = least - table.columns.begin();
        eraseColumn(table, static_cast<std::size_t>(column));
        widths.erase(widths.begin() + column);
    }
    std::vector<std::string> lines{lineOf(
        table, widths, [&](std::size_t column) { return std::string_view(table.columns[column].title); })};
    for (const auto& row : table.rows)
        lines.push_back(
            lineOf(table, widths, [&](std::size_t column) { return std::string_view(row[column]); }));
    std::string text;
    for (std::string& line : lines) text += (width ? cut(std::move(line), *width) : std::move(line)) + "\n";
    return text;
}

std::string markdown(const TextTable& asked) {
    const TextTable table = shown(asked);
    const auto escaped = [](std::string_view cell) {
        std::string text;
        for (const char c : cell) {
            if (c == '|') text += '\\';
            text += c;
        }
        return text;
    };
    std::string text = "|";
    for (const TextColumn& column : table.columns) text += " " + escaped(column.title) + " |";
    text += "\n|";
    for (const TextColumn& column : table.columns)
        text += column.align == TextColumn::Align::right ? " ---: |" : " --- |";
    text += "\n";
    for (const auto& row : table.rows) {
        text += "|";
        for (const std::string& cell : row) text += " " + escaped(cell) + " |";
        text += "\n";
    }
    return text;
}

}  // namespace ridge::cli
