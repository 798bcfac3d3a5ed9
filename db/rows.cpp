// SPDX-License-Identifier: Apache-2.0
#include "db/rows.hpp"

namespace ridge::db {

std::string insertInto(const std::string& table, const std::vector<std::string>& columns) {
    std::string names;
    std::string values;
    for (const std::string& column : columns) {
        const char* separator = names.empty() ? "" : ", ";
        names += separator + column;
        values += std::string(separator) + "?";
    }
    return "INSERT INTO " + table + " (" + names + ") VALUES (" + values + ")";
}

RowReader::RowReader(SQLite::Statement& statement) : m_statement(statement) {
    for (int i = 0; i < statement.getColumnCount(); ++i) m_index.emplace(statement.getColumnName(i), i);
}

std::optional<SQLite::Column> RowReader::value(std::string_view name) const {
    const auto found = m_index.find(name);
    if (found == m_index.end() || m_statement.isColumnNull(found->second)) return std::nullopt;
    return m_statement.getColumn(found->second);
}

}  // namespace ridge::db
