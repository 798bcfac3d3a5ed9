// SPDX-License-Identifier: GPL-3.0-or-later
// All markers, their lines and their error bars in one item: a scatter series of Qt Charts 6.4 takes seconds
// to load 10^4 points.
#pragma once

#include "gui/charts/plot_state.hpp"

namespace ridge::gui {

class PointsItem : public PlotItem {
 public:
    /// Above this many visible points those of large series are small squares, hollow unless measured, and
    /// coinciding ones are drawn once.
    static constexpr int maxMarkers = 2000, smallSeries = 100;
    static constexpr double markerSize = 8;

    using PlotItem::PlotItem;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
};

/// How many points of a series, and of all visible series, lie inside the view; 0 for a hidden series.
[[nodiscard]] int visiblePoints(const PlotState& state, std::size_t series);
[[nodiscard]] int visiblePoints(const PlotState& state);

/// The visible point nearest to a position of the chart, within `radius` pixels.
[[nodiscard]] std::optional<PointRef> nearestPoint(const PlotState& state, const QPointF& position,
                                                   double radius);

}  // namespace ridge::gui
