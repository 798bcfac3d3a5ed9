// SPDX-License-Identifier: Apache-2.0
// Which columns of a view people see, in which order and in which units.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "collector/cli/text_table.hpp"
#include "db/results.hpp"

namespace ridge::cli {

struct ShownColumn {
    std::string_view column, title;
    int rank;                     ///< as in TextColumn
    std::string (*show)(double);  ///< of a number; nullptr: as it is
};

/// Those of `columns` that `rows` has, in the order of `columns`, less what is empty everywhere.
[[nodiscard]] TextTable readable(const db::Table& rows, std::span<const ShownColumn> columns);
/// Rows of v_metrics, v_samples, v_kernels (beside their points) or v_runs, with `file` where several files
/// were read.
[[nodiscard]] TextTable readableView(std::string_view view, const db::Table& rows);

}  // namespace ridge::cli
