// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/callout_item.hpp"

#include <QPainter>
#include <algorithm>

#include "gui/charts/marker_painter.hpp"
#include "gui/charts/points_item.hpp"
#include "gui/charts/ticks.hpp"

namespace ridge::gui {
namespace {

constexpr double padding = 8, distance = 12, fontPixels = 11;

QString axisLine(const catalog::FigureAxis& axis, double value) {
    const std::string text = tickText(value / (axis.unit > 0 ? axis.unit : 1), 10, tickStyle(axis.suffixes));
    return QStringLiteral("%1: %2").arg(QString::fromStdString(axis.title), QString::fromStdString(text));
}

/// Right of and above the point, mirrored where the chart ends.
QRectF placed(const QSizeF& size, const QPointF& point, const QSizeF& chart) {
    QRectF box({point.x() + distance, point.y() - distance - size.height()}, size);
    if (box.right() > chart.width() - 2) {
        box.moveRight(point.x() - distance);
    }
    if (box.top() < 2) {
        box.moveTop(point.y() + distance);
    }
    box.moveLeft(std::max(2.0, box.left()));
    box.moveTop(std::max(2.0, std::min(box.top(), chart.height() - 2 - size.height())));
    return box;
}

}  // namespace

QStringList calloutLines(const PlotState& state, const PointRef& ref) {
    const auto& series = state.data->series[static_cast<std::size_t>(ref.series)];
    const auto& point = state.at(ref);
    QStringList lines{point.title.isEmpty() ? series.label : point.title};
    if (!point.details.isEmpty()) {
        return lines + point.details;
    }
    lines << axisLine(state.data->figure.x, point.x) << axisLine(state.data->figure.y, point.y);
    if (const QString word = provenanceWord(series.provenance); !word.isEmpty()) {
        lines << word;
    }
    return lines;
}

void CalloutItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* /*option*/, QWidget* /*widget*/) {
    if (!state().highlight || !state().mapping.shows(state().logAt(*state().highlight))) {
        return;
    }
    const QPointF point = state().mapping.fromLog(state().logAt(*state().highlight));
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(state().style.text, 1.4));
    painter->drawEllipse(point, PointsItem::markerSize * 0.95, PointsItem::markerSize * 0.95);

    const QStringList lines = calloutLines(state(), *state().highlight);
    const QFont bold = state().style.font(fontPixels, true), plain = state().style.font(fontPixels);
    const double height = QFontMetricsF(bold).height();
    double width = QFontMetricsF(bold).horizontalAdvance(lines.first());
    for (const auto& line : lines.mid(1)) {
        width = std::max(width, QFontMetricsF(plain).horizontalAdvance(line));
    }
    const QSizeF size(width + 2 * padding, height * static_cast<double>(lines.size()) + 2 * padding - 3);
    const QRectF box = placed(size, point, state().size);
    QColor fill = state().style.background;
    fill.setAlphaF(0.95F);
    painter->setBrush(fill);
    painter->setPen(QPen(state().style.frame, 1));
    painter->drawRoundedRect(box, 4, 4);
    painter->setPen(state().style.text);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        painter->setFont(i == 0 ? bold : plain);
        const QRectF row(box.left() + padding, box.top() + padding - 2 + height * static_cast<double>(i),
                         width + 4, height);
        painter->drawText(row, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, lines[i]);
    }
}

}  // namespace ridge::gui
