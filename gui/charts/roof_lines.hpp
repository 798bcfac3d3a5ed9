// SPDX-License-Identifier: GPL-3.0-or-later
// Roofs: QLineSeries for slope, ceiling and ridge line, and labels that lie along them.
#pragma once

#include <QLineSeries>
#include <QLogValueAxis>

#include "gui/charts/plot_state.hpp"

namespace ridge::gui {

/// The visible parts of one roof in log10 coordinates; the slope ends and the ceiling begins at the ridge.
/// Nothing where bandwidth or peak is not positive.
struct RoofGeometry {
    std::optional<QLineF> slope, ceiling, ridge;
};
[[nodiscard]] RoofGeometry roofGeometry(const ChartRoof& roof, const LogView& view);

/// How the nearest roof of which that is known was measured, its device and label first; nothing where there
/// is none within so many pixels of `position`.
[[nodiscard]] QStringList roofDetailsAt(const PlotState& state, const QPointF& position, double within);

/// Keeps a chart's QLineSeries in step with the data and the view.
class RoofLines {
 public:
    /// Both axes belong to `chart`, which owns the series too.
    RoofLines(QChart& chart, QLogValueAxis& x, QLogValueAxis& y) : m_chart(chart), m_x(x), m_y(y) {}

    void rebuild(const PlotState& state);
    void updateView(const PlotState& state);
    void updateColors(const PlotState& state);

 private:
    struct Lines {
        QLineSeries *slope, *ceiling, *ridge;
    };
    QLineSeries* addSeries();

    QChart& m_chart;
    QLogValueAxis &m_x, &m_y;
    std::vector<Lines> m_lines;
};

/// `696GB/s` along the slope, `149.7 TFLOP/s` on the ceiling; equal labels of coinciding roofs once, none on
/// another or on the legend.
class RoofLabelsItem : public PlotItem {
 public:
    using PlotItem::PlotItem;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
};

}  // namespace ridge::gui
