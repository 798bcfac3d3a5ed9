// SPDX-License-Identifier: GPL-3.0-or-later
// From file names, a figure's name and a filter to a chart: what the window asks a worker for, and what
// rendering does at once.
#pragma once

#include <QString>
#include <filesystem>
#include <optional>
#include <vector>

#include "gui/charts/chart_data.hpp"
#include "gui/models/result_set.hpp"

namespace ridge::gui {

struct LoadRequest {
    std::vector<std::filesystem::path> files;
    QString figure;         ///< name or path; empty: the one of the files' plan, else one made of the data
    bool fromData = false;  ///< no figure: one made of the data
    std::optional<catalog::ChartKind> kind;  ///< unset: the figure's own
    QString where;
};

/// What could be loaded, and why the rest could not. `chart` is null where a problem concerns the figure or
/// the filter, or where there is neither a figure nor a file to make one from.
struct LoadOutcome {
    LoadRequest request;
    ResultSetPtr results;
    ChartDataPtr chart;
    std::vector<LoadProblem> problems;
};

/// Throws nothing: a problem is a value. `cached` is used for the files where it is not null.
[[nodiscard]] LoadOutcome load(const LoadRequest& request, ResultSetPtr cached = nullptr);

}  // namespace ridge::gui
