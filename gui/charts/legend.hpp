// SPDX-License-Identifier: GPL-3.0-or-later
// The legend inside the plot: the published texts, with the provenance's word where a value is not measured.
#pragma once

#include "gui/charts/plot_state.hpp"

namespace ridge::gui {

struct LegendEntry {
    QString text;
    QColor color;
    bool line = false, dashed = false;
    int series = -1;  ///< -1: a roof with one label for slope and ceiling
};

/// One entry a labelled roof and a visible series, also an empty one, in the data's order.
[[nodiscard]] std::vector<LegendEntry> legendEntries(const PlotState& state);

/// In the figure's corner of the plot area, with the largest type that hides no point and no roof of the home
/// view; nullopt where no type is small enough.
[[nodiscard]] std::optional<LegendLayout> legendInside(const PlotState& state);
/// A row of columns as wide as the picture, at the origin: the caller knows where the axis texts end.
[[nodiscard]] LegendLayout legendBelow(const PlotState& state);

class LegendItem : public PlotItem {
 public:
    using PlotItem::PlotItem;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
};

}  // namespace ridge::gui
