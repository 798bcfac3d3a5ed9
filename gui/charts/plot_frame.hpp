// SPDX-License-Identifier: GPL-3.0-or-later
// The frame of a chart: where the plot area lies, title, axis titles, notes, ticks and grid.
#pragma once

#include "gui/charts/plot_state.hpp"
#include "gui/charts/ticks.hpp"

namespace ridge::gui {

/// The plot area for the state's size, texts and home view. It does not depend on the current view: the plot
/// must not jump while the user zooms.
[[nodiscard]] QRectF plotRect(const PlotState& state);
/// Height of the x axis' tick labels and title below the plot area.
[[nodiscard]] double xAxisHeight(const PlotState& state);

[[nodiscard]] std::vector<Tick> xTicks(const PlotState& state);
[[nodiscard]] std::vector<Tick> yTicks(const PlotState& state);

/// The data's notes and, where it applies, how many points lie outside the axes.
[[nodiscard]] QStringList chartNotes(const PlotState& state);

/// Background and grid lines: below the roofs.
class GridItem : public PlotItem {
 public:
    using PlotItem::PlotItem;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
};

/// Frame, ticks and every text around the plot area.
class FrameItem : public PlotItem {
 public:
    using PlotItem::PlotItem;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
};

}  // namespace ridge::gui
