// SPDX-License-Identifier: Apache-2.0
#include "db/expression.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

#include "db/expression_text.hpp"
#include "db/model/error.hpp"

namespace ridge::db {
namespace {

constexpr std::array<std::string_view, 6> publicViews{"v_points", "v_ceilings", "v_kernels",
                                                      "v_runs",   "v_metrics",  "v_samples"};

/// Core functions without side effects whose result depends on their arguments only; the aggregates are what
/// the views themselves use. json_* read the free axes in `params`.
constexpr std::array<std::string_view, 33> allowedFunctions{
    "abs",   "char",   "coalesce",  "glob",         "hex",       "ifnull",
    "iif",   "instr",  "length",    "like",         "lower",     "ltrim",
    "max",   "min",    "nullif",    "replace",      "round",     "rtrim",
    "sign",  "substr", "substring", "trim",         "typeof",    "unicode",
    "upper", "->",     "->>",       "json_extract", "json_type", "json_array_length",
    "count", "sum",    "row_number"};

/// What a query may cost: {SQLITE_LIMIT_*, value}. LIKE patterns of many '%' take exponential time.
constexpr std::array<std::pair<int, int>, 6> limits{{{SQLITE_LIMIT_SQL_LENGTH, 65536},
                                                     {SQLITE_LIMIT_LENGTH, 16 << 20},
                                                     {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
                                                     {SQLITE_LIMIT_COMPOUND_SELECT, 8},
                                                     {SQLITE_LIMIT_FUNCTION_ARG, 32},
                                                     {SQLITE_LIMIT_VARIABLE_NUMBER, 0}}};

/// `context` is the innermost view or common table expression that the access comes from; NULL for what the
/// user wrote, who cannot name any of these (requireOneExpression refuses subqueries).
int authorize(void*, int action, const char* first, const char* second, const char*, const char* context) {
    const std::string_view object = first == nullptr ? "" : first;
    switch (action) {
        case SQLITE_SELECT:
            return SQLITE_OK;
        case SQLITE_FUNCTION: {
            const std::string_view name = second == nullptr ? "" : second;
            const auto known = std::find(allowedFunctions.begin(), allowedFunctions.end(), name);
            return known == allowedFunctions.end() ? SQLITE_DENY : SQLITE_OK;
        }
        case SQLITE_READ: {
            const bool internal = object.starts_with("sqlite_") || object.starts_with("pragma_");
            // Without a column: a table of the view whose rows count and whose values do not.
            const std::string_view column = second == nullptr ? "" : second;
            // SQLite lets a view have a ROWID, which is always NULL.
            const bool publicColumn = isPublicView(object) && column != "ROWID";
            const bool underneath = (context != nullptr || column.empty()) && !internal;
            return publicColumn || underneath ? SQLITE_OK : SQLITE_DENY;
        }
        default:
            return SQLITE_DENY;
    }
}

std::string quoted(std::string_view column) {
    return "\"" + std::string(column) + "\"";
}

}  // namespace

bool isPublicView(std::string_view name) noexcept {
    return std::find(publicViews.begin(), publicViews.end(), name) != publicViews.end();
}

std::vector<std::string> columnsOf(SQLite::Database& database, std::string_view view) {
    const SQLite::Statement all(database, "SELECT * FROM " + quoted(view));
    std::vector<std::string> columns;
    columns.reserve(static_cast<std::size_t>(all.getColumnCount()));
    for (int i = 0; i < all.getColumnCount(); ++i) columns.emplace_back(all.getColumnName(i));
    return columns;
}

void requireColumn(std::string_view column, std::string_view view, const std::vector<std::string>& columns) {
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) return;
    throw Error(ExitCode::usage, std::string(view) + " has no column '" + std::string(column) + "'",
                nearestHint(column, columns));
}

ExpressionGuard::ExpressionGuard(SQLite::Database& database) : m_database(database) {
    for (const auto& [limit, value] : limits) {
        m_limits.push_back(sqlite3_limit(database.getHandle(), limit, value));
    }
    sqlite3_set_authorizer(database.getHandle(), authorize, nullptr);
}

ExpressionGuard::~ExpressionGuard() {
    sqlite3_set_authorizer(m_database.getHandle(), nullptr, nullptr);
    for (std::size_t i = 0; i < limits.size(); ++i) {
        sqlite3_limit(m_database.getHandle(), limits.at(i).first, m_limits[i]);
    }
}

void ExpressionGuard::require(std::string_view expression, const Source& source) const {
    requireOneExpression(expression);
    const std::string before = "SELECT 1 FROM " + source.sql + " WHERE (";
    try {
        const SQLite::Statement compiles(m_database, before + std::string(expression) + ")");
    } catch (const SQLite::Exception& error) {
        const int offset = sqlite3_error_offset(m_database.getHandle());
        throw expressionError(expression, error.what(), offset - static_cast<int>(before.size()),
                              source.columns);
    }
}

}  // namespace ridge::db
