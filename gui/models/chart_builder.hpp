// SPDX-License-Identifier: GPL-3.0-or-later
// Turns a figure and open results into what a chart draws.
#pragma once

#include <QString>

#include "gui/charts/chart_data.hpp"
#include "gui/models/result_set.hpp"

namespace ridge::gui {

/// The figure's series over every file, narrowed by `where` (a SQL boolean expression over v_points; empty:
/// all), split by provenance; its published points; the roofs of the devices drawn; a subtitle that says
/// where the numbers come from. Axes grow, and never shrink, to hold every point and roof.
/// Throws ridge::Error (usage) for an expression or a column that is none.
[[nodiscard]] ChartDataPtr buildChart(const catalog::Figure& figure, const ResultSet& results,
                                      const QString& where = {});

}  // namespace ridge::gui
