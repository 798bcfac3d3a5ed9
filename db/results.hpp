// SPDX-License-Identifier: Apache-2.0
// The one reader of results files: typed rows and free tables over the public views, on a read-only
// connection.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "db/model/device.hpp"
#include "db/model/point.hpp"

namespace ridge::db {

class Store;

/// A row of v_points: what is stored and what the view derives of it.
struct PointRow {
    Point point;
    std::string runUuid, device, deviceUuid, chip, host;
    std::optional<double> intensity, intensityAlgorithmic;
    std::optional<double> flopsPerS, usefulFlopsPerS, algorithmicFlopsPerS, dramBytesPerS;
    std::optional<double> roofFlopsPerS, roofAtClockFlopsPerS, roofFraction;
    std::string bound;  ///< memory, compute
    std::optional<double> flopInflation, byteInflation;
};

/// A row of v_ceilings.
struct CeilingRow {
    std::string device, deviceUuid, host, chip;
    Ceiling ceiling;
};

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;  ///< monostate: NULL
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
};

/// Not thread-safe: one connection, one thread at a time; the rows it returns are free of it.
class Results {
 public:
    /// Throws ridge::Error (failed): missing, not a ridge file, newer than this program, damaged. Never
    /// writes, also not beside the file; an older schema is read through a migrated copy in memory.
    [[nodiscard]] static Results open(const std::filesystem::path& file);
    /// Reads a store in memory, which must outlive this.
    [[nodiscard]] static Results of(const Store& store);

    Results(const Results&) = delete;
    Results& operator=(const Results&) = delete;
    Results(Results&&) noexcept;
    Results& operator=(Results&&) noexcept;
    ~Results();

    /// Rows of v_points for which `where` (a SQL boolean expression over the columns of v_points; empty: all)
    /// holds, by point_id. Throws ridge::Error (usage) when the expression does not parse, names no column or
    /// could write.
    [[nodiscard]] std::vector<PointRow> points(std::string_view where = {}) const;
    [[nodiscard]] std::vector<CeilingRow> ceilings() const;
    /// `view`: v_points, v_ceilings, v_kernels, v_runs, v_metrics or v_samples. `sort`: a column name, a
    /// leading '-' for descending; empty: file order. `columns`: which, in that order; empty: all. Errors as
    /// for points().
    [[nodiscard]] Table table(std::string_view view, std::string_view where = {}, std::string_view sort = {},
                              const std::vector<std::string>& columns = {}) const;
    /// Rows of v_metrics, v_samples or v_kernels behind what names their point: point_id, measured_as,
    /// series, operator, phase, batch, seq, spec. `where` is over the columns of the view and of v_points;
    /// where both have a column, it is the view's. A point that was measured as another has the other's rows.
    [[nodiscard]] Table details(std::string_view view, std::string_view where = {},
                                std::string_view sort = {}) const;

 private:
    struct Connection;
    explicit Results(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> m_connection;
};

/// Throws ridge::Error (usage) as Results::points does, without any file: for arguments that are checked
/// before work starts.
void requireValidExpression(std::string_view expression);

}  // namespace ridge::db
