// SPDX-License-Identifier: Apache-2.0
// Lets a user's SQL expression read the columns of a public view, and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/detail_source.hpp"

namespace SQLite {  // NOLINT(readability-identifier-naming): the wrapper's own
class Database;
}

namespace ridge::db {

/// v_points, v_ceilings, v_kernels, v_runs, v_metrics, v_samples.
[[nodiscard]] bool isPublicView(std::string_view name) noexcept;
/// Columns of a view, in order.
[[nodiscard]] std::vector<std::string> columnsOf(SQLite::Database& database, std::string_view view);
/// Throws ridge::Error (usage) with the nearest columns.
void requireColumn(std::string_view column, std::string_view view, const std::vector<std::string>& columns);

/// While it lives, the connection compiles nothing but reads of the public views, with bounded size; the
/// limits and the freedom of before return with its end. Not for a connection that is shared with another
/// thread.
class ExpressionGuard {
 public:
    explicit ExpressionGuard(SQLite::Database& database);
    ~ExpressionGuard();
    ExpressionGuard(const ExpressionGuard&) = delete;
    ExpressionGuard& operator=(const ExpressionGuard&) = delete;

    /// Throws ridge::Error (usage): more than one expression, a subquery, a write, an unknown column or
    /// function, a syntax error; what() says where SQLite stopped.
    void require(std::string_view expression, const Source& source) const;

 private:
    SQLite::Database& m_database;
    std::vector<int> m_limits;  ///< what they were before
};

}  // namespace ridge::db
