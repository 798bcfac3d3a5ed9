// SPDX-License-Identifier: GPL-3.0-or-later
// The numeric columns of v_points by name, for axes that a figure names in its file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "db/results.hpp"

namespace ridge::gui {

struct ColumnValue {
    std::string_view column;  ///< the one of the alternatives that was not NULL
    double value = 0;
};

/// The value of a numeric column of v_points, or of the first non-NULL of several joined by '|'; nullopt
/// where all are NULL. Throws ridge::Error (usage) for a name that is no numeric column.
[[nodiscard]] std::optional<ColumnValue> numericColumn(const db::PointRow& row, std::string_view names);

/// The interval of `value` that the row's time interval implies: as it is for time_ns, inverted for rates;
/// nullopt for columns that do not depend on the time, and where no interval is stored.
[[nodiscard]] std::optional<std::pair<double, double>> timeInterval(const db::PointRow& row,
                                                                    const ColumnValue& value);

/// Throws ridge::Error (usage) when one of the names joined by '|' is no numeric column of v_points.
void requireNumericColumns(std::string_view names);

}  // namespace ridge::gui
