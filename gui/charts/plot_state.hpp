// SPDX-License-Identifier: GPL-3.0-or-later
// What every item of one chart draws from; owned by the Plot, read by its items.
#pragma once

#include <QFontMetricsF>
#include <QGraphicsItem>
#include <optional>
#include <vector>

#include "gui/charts/chart_data.hpp"
#include "gui/charts/plot_mapping.hpp"
#include "gui/charts/plot_style.hpp"

namespace ridge::gui {

/// Indices into ChartData::series and its points.
struct PointRef {
    int series = -1, point = -1;
    friend bool operator==(const PointRef&, const PointRef&) = default;
};

/// Where the legend lies; `rect` is empty when it has no entries.
struct LegendLayout {
    QRectF rect;
    double fontPixels = 11;
    std::vector<double> columnWidths;
    bool below = false;  ///< under the x axis, because inside it would hide points or roofs
};

struct PlotState {
    ChartDataPtr data;                       ///< never null
    std::vector<bool> visible;               ///< a series each
    std::vector<std::vector<QPointF>> logs;  ///< log10 of x and y, a vector a series; NaN where not positive
    LogView home;
    PlotMapping mapping;
    PlotStyle style;
    QSizeF size;
    LegendLayout legend;
    std::optional<PointRef> highlight;
    bool focused = false;

    [[nodiscard]] const ChartPoint& at(const PointRef& ref) const {
        return data->series[static_cast<std::size_t>(ref.series)].points[static_cast<std::size_t>(ref.point)];
    }
    [[nodiscard]] const QPointF& logAt(const PointRef& ref) const {
        return logs[static_cast<std::size_t>(ref.series)][static_cast<std::size_t>(ref.point)];
    }
};

/// An item as large as the chart, painting from the state in the chart's coordinates.
class PlotItem : public QGraphicsItem {
 public:
    PlotItem(const PlotState& state, QGraphicsItem* parent, double z)
        : QGraphicsItem(parent), m_state(state) {
        setZValue(z);
        setAcceptedMouseButtons(Qt::NoButton);
    }
    [[nodiscard]] QRectF boundingRect() const override { return m_bounds; }
    /// After any change of the state.
    void stateChanged() {
        if (m_bounds.size() != m_state.size) {
            prepareGeometryChange();
            m_bounds = QRectF(QPointF(), m_state.size);
        }
        update();
    }

 protected:
    [[nodiscard]] const PlotState& state() const noexcept { return m_state; }

 private:
    const PlotState& m_state;
    QRectF m_bounds;
};

/// The axis ranges of the figure, or the data's own with a margin where the figure gives none.
[[nodiscard]] LogView homeView(const ChartData& data, const std::vector<std::vector<QPointF>>& logs);
[[nodiscard]] std::vector<std::vector<QPointF>> logCoordinates(const ChartData& data);
/// Points of visible series outside the home view: drawn only after zooming out.
[[nodiscard]] int pointsOutsideHome(const PlotState& state);

}  // namespace ridge::gui
