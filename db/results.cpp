// SPDX-License-Identifier: Apache-2.0
#include "db/results.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <unordered_map>
#include <utility>

#include "db/connection.hpp"
#include "db/detail_source.hpp"
#include "db/expression.hpp"
#include "db/expression_text.hpp"
#include "db/migrations.hpp"
#include "db/open_checks.hpp"
#include "db/read_access.hpp"
#include "db/rows.hpp"
#include "db/store_connection.hpp"

namespace ridge::db {
namespace {

namespace fs = std::filesystem;

PointRow pointRow(const RowReader& read) {
    PointRow row;
    visitPointColumns(row.point, read);
    read("run_uuid", row.runUuid);
    read("device", row.device);
    read("device_uuid", row.deviceUuid);
    read("chip", row.chip);
    read("host", row.host);
    read("intensity", row.intensity);
    read("intensity_algorithmic", row.intensityAlgorithmic);
    read("flops_per_s", row.flopsPerS);
    read("useful_flops_per_s", row.usefulFlopsPerS);
    read("algorithmic_flops_per_s", row.algorithmicFlopsPerS);
    read("dram_bytes_per_s", row.dramBytesPerS);
    read("roof_flops_per_s", row.roofFlopsPerS);
    read("roof_at_clock_flops_per_s", row.roofAtClockFlopsPerS);
    read("roof_fraction", row.roofFraction);
    read("bound", row.bound);
    read("flop_inflation", row.flopInflation);
    read("byte_inflation", row.byteInflation);
    return row;
}

Cell cellOf(const SQLite::Column& column) {
    if (column.isNull()) return std::monostate{};
    if (column.isInteger()) return column.getInt64();
    if (column.isFloat()) return column.getDouble();
    return column.getString();
}

/// Compute paths are no public column; rows are in the order of point_id.
void fillComputePaths(SQLite::Database& database, std::vector<PointRow>& rows) {
    SQLite::Statement paths(database,
                            "SELECT point_id, compute_path FROM point WHERE compute_path IS NOT NULL");
    std::unordered_map<std::int64_t, std::string> byId;
    while (paths.executeStep()) byId.emplace(paths.getColumn(0).getInt64(), paths.getColumn(1).getString());
    for (PointRow& row : rows) {
        const auto found = byId.find(row.point.id.value_or(0));
        if (found != byId.end()) row.point.computePath = found->second;
    }
}

std::string condition(std::string_view where) {
    return where.empty() ? std::string() : " WHERE (" + std::string(where) + ")";
}

/// `sort` is a column, a leading '-' for descending; equal rows keep the order `otherwise`.
std::string ordering(std::string_view view, std::string_view sort, const std::vector<std::string>& columns,
                     const std::string& otherwise) {
    if (sort.empty()) return otherwise.empty() ? "" : " ORDER BY " + otherwise;
    const bool descending = sort.starts_with('-');
    if (descending) sort.remove_prefix(1);
    requireColumn(sort, view, columns);
    return " ORDER BY \"" + std::string(sort) + "\"" + (descending ? " DESC" : "") + " NULLS LAST" +
           (otherwise.empty() ? "" : ", " + otherwise);
}

void requirePublicView(std::string_view view) {
    if (isPublicView(view)) return;
    throw Error(ExitCode::usage, "there is no view '" + std::string(view) + "'",
                "the views are: v_points, v_ceilings, v_kernels, v_runs, v_metrics, v_samples");
}

}  // namespace

struct Results::Connection {
    fs::path file;
    std::unique_ptr<SQLite::Database> own;  ///< null where a store is read
    SQLite::Database* database = nullptr;

    /// Steps through a guarded query, row by row. What fails in the expression itself is a usage error.
    template <class Visit>
    void query(const std::string& sql, const Source& source, std::string_view where, Visit&& visit) const {
        translating(file, [&] {
            const ExpressionGuard guard(*database);
            if (!where.empty()) guard.require(where, source);
            try {
                SQLite::Statement statement(*database, sql);
                visit(statement);
            } catch (const SQLite::Exception& error) {
                if (where.empty() ||
                    (error.getErrorCode() != SQLITE_ERROR && error.getErrorCode() != SQLITE_TOOBIG)) {
                    throw;
                }
                throw expressionError(where, error.what(), -1, {});
            }
        });
    }
    [[nodiscard]] Table table(const Source& source, std::string_view where, const std::string& order) const;
};

Results::Results(std::unique_ptr<Connection> connection) : m_connection(std::move(connection)) {}
Results::Results(Results&&) noexcept = default;
Results& Results::operator=(Results&&) noexcept = default;
Results::~Results() = default;

Results Results::open(const fs::path& file) {
    auto connection = std::make_unique<Connection>();
    connection->file = file;
    connection->own = openForReading(file);
    requireResults(*connection->own, file);
    translating(file, [&] {
        if (schemaVersion(*connection->own) < latestVersion(migrations())) {
            connection->own = migratedCopy(*connection->own);
        }
    });
    connection->database = connection->own.get();
    return Results(std::move(connection));
}

Results Results::of(const Store& store) {
    auto connection = std::make_unique<Connection>();
    connection->file = store.m_connection->file;
    connection->database = &store.m_connection->open();
    return Results(std::move(connection));
}

std::vector<PointRow> Results::points(std::string_view where) const {
    std::vector<PointRow> rows;
    translating(m_connection->file, [&] {
        // One snapshot for both queries, whatever a writer commits in between.
        const SQLite::Transaction snapshot(*m_connection->database);
        m_connection->query("SELECT * FROM v_points" + condition(where) + " ORDER BY point_id",
                            viewSource(*m_connection->database, "v_points"), where,
                            [&](SQLite::Statement& statement) {
                                const RowReader reader(statement);
                                while (statement.executeStep()) rows.push_back(pointRow(reader));
                            });
        fillComputePaths(*m_connection->database, rows);
    });
    return rows;
}

std::vector<CeilingRow> Results::ceilings() const {
    std::vector<CeilingRow> rows;
    m_connection->query("SELECT * FROM v_ceilings", {}, {}, [&](SQLite::Statement& statement) {
        const RowReader read(statement);
        while (statement.executeStep()) {
            CeilingRow& row = rows.emplace_back();
            read("device", row.device);
            read("device_uuid", row.deviceUuid);
            read("host", row.host);
            read("chip", row.chip);
            visitCeilingColumns(row.ceiling, read);
        }
    });
    return rows;
}

Table Results::Connection::table(const Source& source, std::string_view where,
                                 const std::string& order) const {
    Table table;
    table.columns = source.shown;
    const std::string sql =
        "SELECT " + quotedList(source.shown) + " FROM " + source.sql + condition(where) + order;
    query(sql, source, where, [&](SQLite::Statement& statement) {
        while (statement.executeStep()) {
            auto& row = table.rows.emplace_back();
            row.reserve(table.columns.size());
            for (int i = 0; i < statement.getColumnCount(); ++i) {
                row.push_back(cellOf(statement.getColumn(i)));
            }
        }
    });
    return table;
}

Table Results::table(std::string_view view, std::string_view where, std::string_view sort,
                     const std::vector<std::string>& columns) const {
    requirePublicView(view);
    Source source =
        translating(m_connection->file, [&] { return viewSource(*m_connection->database, view); });
    for (const std::string& column : columns) requireColumn(column, view, source.columns);
    if (!columns.empty()) source.shown = columns;
    return m_connection->table(source, where,
                               ordering(view, sort, source.columns, view == "v_points" ? "point_id" : ""));
}

Table Results::details(std::string_view view, std::string_view where, std::string_view sort) const {
    requirePublicView(view);
    const Source source =
        translating(m_connection->file, [&] { return detailSource(*m_connection->database, view); });
    return m_connection->table(
        source, where,
        ordering(view, sort, source.shown,
                 view == "v_metrics" ? "point_id, origin DESC, name" : "point_id, ordinal"));
}

void requireValidExpression(std::string_view expression) {
    if (expression.empty()) return;
    const auto database = connectInMemory();
    migrate(*database);
    const Source source = viewSource(*database, "v_points");
    ExpressionGuard(*database).require(expression, source);
}

}  // namespace ridge::db
