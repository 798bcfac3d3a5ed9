// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/points_item.hpp"

#include <algorithm>
#include <cmath>

#include "gui/charts/marker_painter.hpp"

namespace ridge::gui {
namespace {

constexpr double denseSize = 3;

template <class Visit>  // Visit(PointRef, pixels)
void forEachVisible(const PlotState& state, std::size_t series, const Visit& visit) {
    if (!state.visible[series]) {
        return;
    }
    const auto& logs = state.logs[series];
    for (std::size_t i = 0; i < logs.size(); ++i) {
        if (state.mapping.shows(logs[i])) {
            visit(PointRef{static_cast<int>(series), static_cast<int>(i)}, state.mapping.fromLog(logs[i]));
        }
    }
}

void drawLine(QPainter& painter, const PlotState& state, std::size_t index) {
    const auto& series = state.data->series[index];
    if (!series.line || !state.visible[index]) {
        return;
    }
    QList<QPointF> logs;
    std::copy_if(state.logs[index].begin(), state.logs[index].end(), std::back_inserter(logs),
                 [](const QPointF& log) { return !std::isnan(log.x()) && !std::isnan(log.y()); });
    std::sort(logs.begin(), logs.end(), [](const QPointF& a, const QPointF& b) { return a.x() < b.x(); });
    const bool solid = series.provenance == db::Provenance::measured;
    painter.setPen(QPen(state.style.visible(series.color), 1.8, solid ? Qt::SolidLine : Qt::DashLine,
                        Qt::FlatCap, Qt::RoundJoin));
    for (qsizetype i = 1; i < logs.size(); ++i) {
        const QLineF line(state.mapping.fromLog(logs[i - 1]), state.mapping.fromLog(logs[i]));
        if (const auto part = clipped(line, state.mapping.plot)) {
            painter.drawLine(*part);
        }
    }
}

void drawErrorBar(QPainter& painter, const PlotState& state, const ChartPoint& point, const QPointF& at) {
    constexpr double cap = 3;
    if (!(point.yLow > 0 && point.yHigh >= point.yLow)) {
        return;
    }
    const double low = state.mapping.fromValue(point.x, point.yLow).y();
    const double high = state.mapping.fromValue(point.x, point.yHigh).y();
    const auto bar = clipped({at.x(), low, at.x(), high}, state.mapping.plot);
    // A bar hidden behind its own marker says nothing.
    if (!bar || low - high < PointsItem::markerSize) {
        return;
    }
    painter.drawLine(*bar);
    for (const double end : {low, high}) {
        if (end >= state.mapping.plot.top() && end <= state.mapping.plot.bottom()) {
            painter.drawLine(QLineF(at.x() - cap, end, at.x() + cap, end));
        }
    }
}

void drawMarkers(QPainter& painter, const PlotState& state, std::size_t index) {
    const auto& series = state.data->series[index];
    const QColor color = state.style.visible(series.color);
    painter.setPen(QPen(color, 1.1, Qt::SolidLine, Qt::FlatCap));
    forEachVisible(state, index, [&](const PointRef& ref, const QPointF& at) {
        drawErrorBar(painter, state, state.at(ref), at);
    });
    const MarkerPainter marker(series.marker, series.provenance, color, state.style.background,
                               PointsItem::markerSize);
    forEachVisible(state, index,
                   [&](const PointRef& /*ref*/, const QPointF& at) { marker.draw(painter, at); });
}

/// One square a series and pixel bin: what would coincide anyway costs nothing.
void drawDense(QPainter& painter, const PlotState& state, std::size_t index) {
    const auto& plot = state.mapping.plot;
    const auto columns = static_cast<std::size_t>(plot.width()) + 2;
    std::vector<bool> taken(columns * (static_cast<std::size_t>(plot.height()) + 2), false);
    // A hollow square is a pixel larger than its rectangle.
    const double side =
        state.data->series[index].provenance == db::Provenance::measured ? denseSize : denseSize - 1;
    QList<QRectF> squares;
    forEachVisible(state, index, [&](const PointRef& /*ref*/, const QPointF& at) {
        const auto bin = static_cast<std::size_t>(std::lround(at.y() - plot.top())) * columns +
                         static_cast<std::size_t>(std::lround(at.x() - plot.left()));
        if (!taken[bin]) {
            taken[bin] = true;
            squares.emplace_back(std::round(at.x()) - 1, std::round(at.y()) - 1, side, side);
        }
    });
    const auto& series = state.data->series[index];
    const QColor color = state.style.visible(series.color);
    const bool solid = series.provenance == db::Provenance::measured;
    painter.setPen(solid ? QPen(Qt::NoPen) : QPen(color, 1));
    painter.setBrush(solid ? QBrush(color) : QBrush(Qt::NoBrush));
    painter.drawRects(squares);
}

}  // namespace

int visiblePoints(const PlotState& state, std::size_t series) {
    int count = 0;
    forEachVisible(state, series, [&](const PointRef& /*ref*/, const QPointF& /*at*/) { ++count; });
    return count;
}

int visiblePoints(const PlotState& state) {
    int count = 0;
    for (std::size_t i = 0; i < state.logs.size(); ++i) {
        count += visiblePoints(state, i);
    }
    return count;
}

std::optional<PointRef> nearestPoint(const PlotState& state, const QPointF& position, double radius) {
    std::optional<PointRef> best;
    double least = radius * radius;
    for (std::size_t i = 0; i < state.logs.size(); ++i) {
        forEachVisible(state, i, [&](const PointRef& ref, const QPointF& at) {
            const QPointF away = at - position;
            // The later series lies on top: at equal distance it is the one the user sees.
            if (const double distance = QPointF::dotProduct(away, away); distance <= least) {
                least = distance;
                best = ref;
            }
        });
    }
    return best;
}

void PointsItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* /*option*/, QWidget* /*widget*/) {
    const bool many = visiblePoints(state()) > maxMarkers;
    painter->setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < state().logs.size(); ++i) {
        drawLine(*painter, state(), i);
    }
    for (std::size_t i = 0; i < state().logs.size(); ++i) {
        const bool dense = many && visiblePoints(state(), i) > smallSeries;
        painter->setRenderHint(QPainter::Antialiasing, !dense);
        dense ? drawDense(*painter, state(), i) : drawMarkers(*painter, state(), i);
    }
    painter->setRenderHint(QPainter::Antialiasing, true);
}

}  // namespace ridge::gui
