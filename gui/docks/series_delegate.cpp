// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/docks/series_delegate.hpp"

#include <QPainter>
#include <QPixmap>

#include "gui/charts/marker_painter.hpp"
#include "gui/charts/plot_style.hpp"

namespace ridge::gui {

namespace {

constexpr int side = 16;
constexpr double markerSize = 10;

QPixmap markerPixmap(const ChartSeries& series, const PlotStyle& style, qreal ratio) {
    QPixmap pixmap(QSize(side, side) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor color = style.visible(series.color);
    const QPointF center(side / 2.0, side / 2.0);
    if (series.line) {
        painter.setPen(QPen(color, 1.5));
        painter.drawLine(QPointF(0, center.y()), QPointF(side, center.y()));
    }
    MarkerPainter(series.marker, series.provenance, color, style.background, markerSize)
        .draw(painter, center);
    return pixmap;
}

}  // namespace

void SeriesDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    const int series = index.data(m_seriesRole).toInt();
    const bool drawn = m_chart && series >= 0 && index.data(Qt::DecorationRole).isValid();
    if (!drawn || static_cast<std::size_t>(series) >= m_chart->series.size()) return;
    const PlotStyle style(option->palette, option->font.family());
    option->icon = QIcon(markerPixmap(m_chart->series[static_cast<std::size_t>(series)], style,
                                      option->widget ? option->widget->devicePixelRatioF() : 1));
    option->decorationSize = QSize(side, side);
    option->features |= QStyleOptionViewItem::HasDecoration;
}

}  // namespace ridge::gui
