// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include "db/catalog/figure.hpp"
#include "db/catalog/share.hpp"
#include "db/model/error.hpp"

namespace ridge::catalog {
namespace fs = std::filesystem;
namespace {

using Cells = std::vector<std::string>;

struct Position {
    const fs::path& file;
    std::size_t line;
};

Error errorAt(const Position& position, const std::string& reason) {
    return {ExitCode::failed, fmt::format("{}:{}: {}", position.file.string(), position.line, reason)};
}

/// The cells of one CSV line (RFC 4180 quoting; a cell does not span lines).
Cells cellsOf(const Position& position, std::string_view line) {
    Cells cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back().push_back('"');
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
        } else {
            cells.back().push_back(c);
        }
    }
    if (quoted) throw errorAt(position, "a quote is not closed");
    return cells;
}

/// Reads a CSV row by row by column name; lines starting with '#' and empty lines are left out.
class CsvReader {
 public:
    explicit CsvReader(const fs::path& file) : m_file(file), m_stream(file) {
        if (!m_stream) {
            throw Error(ExitCode::failed, fmt::format("cannot read '{}'", file.string()),
                        "a figure's overlay names a file of share/reference or an absolute path");
        }
        if (!next()) throw errorAt(position(), "no header row");
        m_header = m_cells;
    }

    [[nodiscard]] bool next() {
        for (std::string line; std::getline(m_stream, line);) {
            ++m_line;
            if (!line.empty() && line.back() == '\r') line.pop_back();
            if (line.empty() || line.front() == '#') continue;
            m_cells = cellsOf(position(), line);
            if (!m_header.empty() && m_cells.size() != m_header.size()) {
                throw errorAt(position(), fmt::format("{} cells in a row under {} columns", m_cells.size(),
                                                      m_header.size()));
            }
            return true;
        }
        return false;
    }

    /// Null where the file has no such column.
    [[nodiscard]] const std::string* textOrNull(std::string_view column) const {
        const auto found = std::find(m_header.begin(), m_header.end(), column);
        return found == m_header.end() ? nullptr
                                       : &m_cells[static_cast<std::size_t>(found - m_header.begin())];
    }

    [[nodiscard]] const std::string& text(std::string_view column) const {
        const std::string* cell = textOrNull(column);
        if (cell == nullptr) throw errorAt(position(), fmt::format("no column '{}'", column));
        return *cell;
    }

    /// Nullopt for an empty cell: that number was not published.
    [[nodiscard]] std::optional<double> number(std::string_view column) const {
        const std::string& cell = text(column);
        if (cell.empty()) return std::nullopt;
        double value = 0;
        const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (error != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value) || value <= 0) {
            throw errorAt(position(), fmt::format("'{}' in column '{}' is no number above 0", cell, column));
        }
        return value;
    }

 private:
    [[nodiscard]] Position position() const { return {m_file, m_line}; }

    fs::path m_file;
    std::ifstream m_stream;
    std::size_t m_line = 0;
    Cells m_header, m_cells;
};

bool selected(const CsvReader& row, const std::string& where) {
    if (where.empty()) return true;
    const std::size_t equals = where.find('=');
    return row.text(where.substr(0, equals)) == where.substr(equals + 1);
}

std::string textOr(const CsvReader& row, std::string_view column, const std::string& fallback) {
    const std::string* cell = row.textOrNull(column);
    return cell == nullptr || cell->empty() ? fallback : *cell;
}

}  // namespace

std::vector<ReferencePoint> referencePoints(const FigureOverlay& overlay) {
    std::vector<ReferencePoint> points;
    CsvReader row(shareDirectory() / "reference" / overlay.csv);
    while (row.next()) {
        const auto x = row.number(overlay.x);
        const auto y = row.number(overlay.y);
        if (!x || !y || !selected(row, overlay.where)) continue;
        points.push_back({*x * overlay.xUnit, *y * overlay.yUnit, textOr(row, "label", overlay.label),
                          overlay.source, textOr(row, "note", overlay.note)});
    }
    return points;
}

}  // namespace ridge::catalog
