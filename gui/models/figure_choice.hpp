// SPDX-License-Identifier: GPL-3.0-or-later
// Which figure shows a set of results: the one its plan belongs to, else one made from the data.
#pragma once

#include <optional>

#include "db/catalog/figure.hpp"
#include "gui/models/result_set.hpp"

namespace ridge::gui {

/// The figure of share/figures whose plan most of the rows have; nullopt where none fits.
[[nodiscard]] std::optional<catalog::Figure> figureOfPlan(const ResultSet& results);

/// A figure without a published look: one series for each `series` text (else operator, phase and
/// implementation), whole decades around the data. Parents with children in the file are left out, so that
/// no total stands among its parts.
[[nodiscard]] catalog::Figure figureFromData(const ResultSet& results, catalog::ChartKind kind);

/// roofline where any row has an intensity, else sweep.
[[nodiscard]] catalog::ChartKind naturalKind(const ResultSet& results);

/// The same series on the axes of another chart kind; overlays, which have coordinates on the old axes only,
/// are left out.
[[nodiscard]] catalog::Figure withKind(const catalog::Figure& figure, catalog::ChartKind kind);

/// Widens the axes, in whole steps of their base, until every value given fits; never narrows them.
void widenAxis(catalog::FigureAxis& axis, double minimum, double maximum);

}  // namespace ridge::gui
