// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/roof_lines.hpp"

#include <QChart>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <set>

namespace ridge::gui {
namespace {

QRectF logRect(const LogView& view) {
    return {view.x.low, view.y.low, view.x.span(), view.y.span()};
}

void setLine(QLineSeries& series, const std::optional<QLineF>& line) {
    QList<QPointF> points;
    if (line) {
        points = {{std::pow(10.0, line->x1()), std::pow(10.0, line->y1())},
                  {std::pow(10.0, line->x2()), std::pow(10.0, line->y2())}};
    }
    series.replace(points);
}

QLineF inPixels(const QLineF& logLine, const PlotMapping& mapping) {
    return {mapping.fromLog(logLine.p1()), mapping.fromLog(logLine.p2())};
}

double distanceTo(const QLineF& line, const QPointF& position) {
    const QPointF along = line.p2() - line.p1(), from = position - line.p1();
    const double square = QPointF::dotProduct(along, along);
    const double share = square > 0 ? std::clamp(QPointF::dotProduct(from, along) / square, 0.0, 1.0) : 0.0;
    return QLineF(line.pointAt(share), position).length();
}

/// Finds a free place along a line for a text, and remembers what is taken.
class LabelPlacer {
 public:
    LabelPlacer(QPainter& painter, const PlotState& state) : m_painter(painter), m_state(state) {
        if (!state.legend.rect.isEmpty()) {
            m_taken.emplace_back(state.legend.rect.adjusted(-3, -3, 3, 3));
        }
        for (const auto& roof : state.data->roofs) {
            const auto geometry = roofGeometry(roof, state.mapping.view);
            for (const auto& line : {geometry.slope, geometry.ceiling, geometry.ridge}) {
                if (line) {
                    takeLine(inPixels(*line, state.mapping));
                }
            }
        }
    }

    /// `line` in pixels from left to right. The same text is placed once.
    void place(const QString& text, const QColor& color, const QLineF& line,
               std::initializer_list<double> shares) {
        if (text.isEmpty() || m_texts.contains(text)) {
            return;
        }
        const QFontMetricsF metrics(m_painter.font());
        const QSizeF size(metrics.horizontalAdvance(text) + 4, metrics.height());
        for (const double above : {-size.height() - 6, 6.0}) {
            for (const double share : shares) {
                const QTransform turn = QTransform()
                                            .translate(line.pointAt(share).x(), line.pointAt(share).y())
                                            .rotate(-line.angle());
                const QRectF box(-size.width() / 2, above, size.width(), size.height());
                if (isFree(turn.map(QPolygonF(box)))) {
                    draw(text, color, turn, box);
                    return;
                }
            }
        }
    }

 private:
    void takeLine(const QLineF& line) {
        QLineF across = line.normalVector();
        across.setLength(1);
        const QPointF width(across.dx(), across.dy());
        m_taken.emplace_back(
            QList<QPointF>{line.p1() - width, line.p2() - width, line.p2() + width, line.p1() + width});
    }

    [[nodiscard]] bool isFree(const QPolygonF& polygon) const {
        if (!m_state.mapping.plot.contains(polygon.boundingRect())) {
            return false;
        }
        return std::none_of(m_taken.begin(), m_taken.end(),
                            [&](const QPolygonF& taken) { return taken.intersects(polygon); });
    }

    void draw(const QString& text, const QColor& color, const QTransform& turn, const QRectF& box) {
        m_painter.save();
        m_painter.setTransform(turn, true);
        m_painter.setPen(color);
        m_painter.drawText(box, Qt::AlignCenter, text);
        m_painter.restore();
        m_taken.push_back(turn.map(QPolygonF(box)));
        m_texts.insert(text);
    }

    QPainter& m_painter;
    const PlotState& m_state;
    std::vector<QPolygonF> m_taken;
    std::set<QString> m_texts;
};

QString ridgeText(const ChartRoof& roof) {
    return QStringLiteral("ridge %1").arg(roof.flopsPerS / roof.bytesPerS, 0, 'g', 3);
}

}  // namespace

RoofGeometry roofGeometry(const ChartRoof& roof, const LogView& view) {
    if (!(roof.bytesPerS > 0 && roof.flopsPerS > 0)) {
        return {};
    }
    const double bandwidth = std::log10(roof.bytesPerS), peak = std::log10(roof.flopsPerS);
    const double ridge = peak - bandwidth;
    const QRectF rect = logRect(view);
    RoofGeometry geometry;
    if (view.x.low < ridge) {
        geometry.slope = clipped({view.x.low, view.x.low + bandwidth, ridge, peak}, rect);
    }
    if (ridge < view.x.high) {
        geometry.ceiling = clipped({ridge, peak, view.x.high, peak}, rect);
    }
    if (roof.ridgeLine && view.y.low < peak) {
        geometry.ridge = clipped({ridge, view.y.low, ridge, peak}, rect);
    }
    return geometry;
}

QStringList roofDetailsAt(const PlotState& state, const QPointF& position, double within) {
    QStringList nearest;
    if (!state.data || state.data->figure.kind != catalog::ChartKind::roofline) {
        return nearest;
    }
    const auto look = [&](const std::optional<QLineF>& line, const QString& label, const ChartRoof& roof,
                          const QStringList& details) {
        if (!line || details.isEmpty()) {
            return;
        }
        const double distance = distanceTo(inPixels(*line, state.mapping), position);
        if (distance <= within) {
            within = distance;
            nearest = QStringList{roof.device + QStringLiteral(" · ") + label} + details;
        }
    };
    for (const auto& roof : state.data->roofs) {
        const auto geometry = roofGeometry(roof, state.mapping.view);
        look(geometry.slope, roof.memoryLabel, roof, roof.memoryDetails);
        look(geometry.ceiling, roof.computeLabel, roof, roof.computeDetails);
    }
    return nearest;
}

QLineSeries* RoofLines::addSeries() {
    auto* series = new QLineSeries(&m_chart);
    m_chart.addSeries(series);
    series->attachAxis(&m_x);
    series->attachAxis(&m_y);
    return series;
}

void RoofLines::rebuild(const PlotState& state) {
    m_chart.removeAllSeries();
    m_lines.clear();
    if (state.data->figure.kind != catalog::ChartKind::roofline) {
        return;
    }
    for (std::size_t i = 0; i < state.data->roofs.size(); ++i) {
        // Ridge lines first: slope and ceiling are drawn over their ends.
        auto* ridge = addSeries();
        m_lines.push_back({addSeries(), addSeries(), ridge});
    }
    updateColors(state);
    updateView(state);
}

void RoofLines::updateView(const PlotState& state) {
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const auto geometry = roofGeometry(state.data->roofs[i], state.mapping.view);
        setLine(*m_lines[i].slope, geometry.slope);
        setLine(*m_lines[i].ceiling, geometry.ceiling);
        setLine(*m_lines[i].ridge, geometry.ridge);
    }
}

void RoofLines::updateColors(const PlotState& state) {
    const auto pen = [&](const QColor& color, double width, Qt::PenStyle style) {
        return QPen(state.style.visible(color), width, style, Qt::FlatCap);
    };
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const auto& roof = state.data->roofs[i];
        const auto style = roof.dashed ? Qt::DashLine : Qt::SolidLine;
        m_lines[i].slope->setPen(pen(roof.memoryColor, 1.8, style));
        m_lines[i].ceiling->setPen(pen(roof.computeColor, 1.8, style));
        m_lines[i].ridge->setPen(pen(roof.ridgeColor, 1.3, Qt::DashLine));
    }
}

void RoofLabelsItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* /*option*/,
                           QWidget* /*widget*/) {
    if (state().data->figure.kind != catalog::ChartKind::roofline) {
        return;
    }
    painter->setFont(state().style.font(12));
    LabelPlacer placer(*painter, state());
    for (const auto& roof : state().data->roofs) {
        const auto geometry = roofGeometry(roof, state().mapping.view);
        if (!roof.roofLabel.isEmpty()) {
            continue;
        }
        if (geometry.slope) {
            placer.place(roof.memoryLabel, state().style.visible(roof.memoryColor),
                         inPixels(*geometry.slope, state().mapping), {0.4, 0.55, 0.25, 0.7, 0.15, 0.85});
        }
        if (geometry.ceiling) {
            placer.place(roof.computeLabel, state().style.visible(roof.computeColor),
                         inPixels(*geometry.ceiling, state().mapping), {0.5, 0.65, 0.35, 0.8, 0.2});
        }
        if (geometry.ridge) {
            placer.place(ridgeText(roof), state().style.visible(roof.ridgeColor),
                         inPixels(*geometry.ridge, state().mapping), {0.15, 0.3, 0.45, 0.6});
        }
    }
}

}  // namespace ridge::gui
