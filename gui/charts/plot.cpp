// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/plot.hpp"

#include <QEvent>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLogValueAxis>
#include <algorithm>
#include <cmath>

#include "gui/charts/callout_item.hpp"
#include "gui/charts/legend.hpp"
#include "gui/charts/plot_frame.hpp"
#include "gui/charts/points_item.hpp"
#include "gui/charts/roof_lines.hpp"

namespace ridge::gui {
namespace {

// Qt Charts draws its series at z values below 10.
enum Layer { gridLayer = 0, labelLayer = 20, pointLayer, frameLayer, legendLayer, calloutLayer };

QLogValueAxis* addHiddenAxis(QChart& chart, Qt::Alignment side) {
    auto* axis = new QLogValueAxis;
    axis->setLabelsVisible(false);
    axis->setVisible(false);
    chart.addAxis(axis, side);
    return axis;
}

}  // namespace

Plot::Plot()
    : m_x(addHiddenAxis(*this, Qt::AlignBottom)),
      m_y(addHiddenAxis(*this, Qt::AlignLeft)),
      m_roofs(std::make_unique<RoofLines>(*this, *m_x, *m_y)),
      m_items{new GridItem(m_state, this, gridLayer),     new RoofLabelsItem(m_state, this, labelLayer),
              new PointsItem(m_state, this, pointLayer),  new FrameItem(m_state, this, frameLayer),
              new LegendItem(m_state, this, legendLayer), new CalloutItem(m_state, this, calloutLayer)} {
    legend()->hide();
    layout()->setContentsMargins(0, 0, 0, 0);
    // Qt Charts leaves its background unsized once the plot area is set: the grid item paints it.
    setBackgroundVisible(false);
    setColors(chartPalette(false));
    setData(nullptr);
}

Plot::~Plot() = default;

void Plot::setData(ChartDataPtr data) {
    m_state.data = data ? std::move(data) : std::make_shared<const ChartData>();
    m_state.visible.assign(m_state.data->series.size(), true);
    m_state.logs = logCoordinates(*m_state.data);
    m_state.home = homeView(*m_state.data, m_state.logs);
    m_state.mapping.view = m_state.home;
    m_state.highlight.reset();
    m_x->setBase(m_state.data->figure.x.base == 2 ? 2 : 10);
    m_roofs->rebuild(m_state);
    setView(m_state.home);
    layoutPlot();
}

void Plot::setSeriesVisible(int series, bool visible) {
    m_state.visible.at(static_cast<std::size_t>(series)) = visible;
    if (m_state.highlight && m_state.highlight->series == series && !visible) {
        m_state.highlight.reset();
    }
    layoutPlot();
}

void Plot::setView(const LogView& view) {
    m_state.mapping.view = view;
    m_x->setRange(std::pow(10.0, view.x.low), std::pow(10.0, view.x.high));
    m_y->setRange(std::pow(10.0, view.y.low), std::pow(10.0, view.y.high));
    m_roofs->updateView(m_state);
    updateItems();
}

void Plot::setColors(const QPalette& palette) {
    m_state.style = PlotStyle(palette, font().family());
    if (m_state.data) {
        m_roofs->updateColors(m_state);
        updateItems();
    }
}

void Plot::setHighlight(const std::optional<PointRef>& ref) {
    const auto exists = [this](const PointRef& point) {
        const auto& series = m_state.data->series;
        return point.series >= 0 && static_cast<std::size_t>(point.series) < series.size() &&
               m_state.visible[static_cast<std::size_t>(point.series)] && point.point >= 0 &&
               static_cast<std::size_t>(point.point) <
                   series[static_cast<std::size_t>(point.series)].points.size();
    };
    const auto wanted = ref && exists(*ref) ? ref : std::nullopt;
    if (wanted != m_state.highlight) {
        m_state.highlight = wanted;
        m_items.back()->stateChanged();
    }
}

void Plot::setFocusShown(bool shown) {
    m_state.focused = shown;
    updateItems();
}

QStringList Plot::legendTexts() const {
    QStringList texts;
    for (const auto& entry : legendEntries(m_state)) {
        texts << entry.text;
    }
    return texts;
}

QStringList Plot::calloutText() const {
    return m_state.highlight ? calloutLines(m_state, *m_state.highlight) : QStringList();
}

void Plot::resizeEvent(QGraphicsSceneResizeEvent* event) {
    QChart::resizeEvent(event);
    layoutPlot();
}

void Plot::changeEvent(QEvent* event) {
    QChart::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_state.data) {
        m_state.style.fontFamily = font().family();
        layoutPlot();
    }
}

void Plot::layoutPlot() {
    m_state.size = size();
    m_state.legend = {};
    m_state.mapping.plot = plotRect(m_state);
    if (const auto inside = legendInside(m_state)) {
        m_state.legend = *inside;
    } else {
        m_state.legend = legendBelow(m_state);
        m_state.mapping.plot = plotRect(m_state);
        m_state.legend.rect.moveTopLeft(
            {m_state.mapping.plot.left() - 8, m_state.mapping.plot.bottom() + xAxisHeight(m_state)});
        m_state.legend.rect.moveLeft(std::max(
            0.0, std::min(m_state.legend.rect.left(), size().width() - m_state.legend.rect.width())));
    }
    // Breaks Qt's own title and legend (6.4), which this chart does not use.
    setPlotArea(m_state.mapping.plot);
    updateItems();
}

void Plot::updateItems() {
    for (auto* item : m_items) {
        item->stateChanged();
    }
}

}  // namespace ridge::gui
