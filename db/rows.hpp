// SPDX-License-Identifier: Apache-2.0
// Walks the column lists of db/columns.hpp over SQL statements: INSERT text, binding, reading back.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "db/columns.hpp"
#include "db/model/error.hpp"

namespace ridge::db {

/// Collects column names.
struct ColumnNames {
    std::vector<std::string> names;
    template <class T>
    void operator()(const char* name, const T&, EmptyText = EmptyText::isNull) {
        names.emplace_back(name);
    }
};

/// "INSERT INTO table (a, b) VALUES (?, ?)".
[[nodiscard]] std::string insertInto(const std::string& table, const std::vector<std::string>& columns);

/// Binds one value after the other, from `first` on (parameters count from 1). Throws ridge::Error (failed)
/// for NaN and infinity, which SQLite would store as NULL or as no number at all.
class Binder {
 public:
    explicit Binder(SQLite::Statement& statement, int first = 1) : m_statement(statement), m_next(first) {}

    void operator()(const char*, const std::string& text, EmptyText empty = EmptyText::isNull) {
        if (text.empty() && empty == EmptyText::isNull) return null();
        m_statement.bind(m_next++, text);
    }
    void operator()(const char* name, double value) {
        if (!std::isfinite(value)) {
            throw Error(ExitCode::failed, "'" + std::string(name) + "' is not a finite number",
                        "leave the value absent where there is none");
        }
        m_statement.bind(m_next++, value);
    }
    void operator()(const char*, std::int64_t value) { m_statement.bind(m_next++, value); }
    void operator()(const char*, bool value) { m_statement.bind(m_next++, value ? 1 : 0); }
    void operator()(const char*, Provenance value) { m_statement.bind(m_next++, std::string(toText(value))); }
    void operator()(const char*, Status value) { m_statement.bind(m_next++, std::string(toText(value))); }
    template <class T>
    void operator()(const char* name, const std::optional<T>& value) {
        value ? (*this)(name, *value) : null();
    }

 private:
    void null() { m_statement.bind(m_next++); }

    SQLite::Statement& m_statement;
    int m_next;
};

/// Reads the present row of a statement into members by column name; a column the statement lacks leaves its
/// member alone.
class RowReader {
 public:
    explicit RowReader(SQLite::Statement& statement);

    void operator()(const char* name, std::string& text, EmptyText = EmptyText::isNull) const {
        if (const auto column = value(name)) text = column->getString();
    }
    void operator()(const char* name, double& number) const {
        if (const auto column = value(name)) number = column->getDouble();
    }
    void operator()(const char* name, std::int64_t& number) const {
        if (const auto column = value(name)) number = column->getInt64();
    }
    void operator()(const char* name, std::optional<double>& number) const {
        if (const auto column = value(name)) number = column->getDouble();
    }
    void operator()(const char* name, std::optional<std::int64_t>& number) const {
        if (const auto column = value(name)) number = column->getInt64();
    }
    void operator()(const char* name, std::optional<bool>& truth) const {
        if (const auto column = value(name)) truth = column->getInt() != 0;
    }
    void operator()(const char* name, Provenance& provenance) const {
        if (const auto column = value(name)) provenance = provenanceFromText(column->getString());
    }
    void operator()(const char* name, Status& status) const {
        if (const auto column = value(name)) status = statusFromText(column->getString());
    }

 private:
    /// Looks texts up without a copy: every cell of every row is found by name.
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    /// nullopt where the column is NULL or not there.
    [[nodiscard]] std::optional<SQLite::Column> value(std::string_view name) const;

    SQLite::Statement& m_statement;
    std::unordered_map<std::string, int, TextHash, std::equal_to<>> m_index;
};

}  // namespace ridge::db
