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

/// Where the legend lies, with the largest type and the fewest columns that fit the plot area.
struct LegendLayout {
    QRectF rect;
    double fontPixels = 11;
    int columns = 1;
    std::vector<double> columnWidths;
};
[[nodiscard]] LegendLayout layoutLegend(const PlotState& state, const std::vector<LegendEntry>& entries);

class LegendItem : public PlotItem {
 public:
    using PlotItem::PlotItem;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
};

}  // namespace ridge::gui
