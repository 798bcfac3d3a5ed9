// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/marker_painter.hpp"

#include <QCoreApplication>
#include <cmath>

namespace ridge::gui {
namespace {

QPainterPath polygon(std::initializer_list<QPointF> points) {
    QPainterPath path;
    path.addPolygon(QPolygonF(QList<QPointF>(points)));
    path.closeSubpath();
    return path;
}

QPainterPath plusPath(double r, double half) {
    return polygon({{-half, -r},
                    {half, -r},
                    {half, -half},
                    {r, -half},
                    {r, half},
                    {half, half},
                    {half, r},
                    {-half, r},
                    {-half, half},
                    {-r, half},
                    {-r, -half},
                    {-half, -half}});
}

QPainterPath thinCross(double r) {
    QPainterPath path;
    path.moveTo(-r, -r);
    path.lineTo(r, r);
    path.moveTo(-r, r);
    path.lineTo(r, -r);
    return path;
}

/// Shapes of about the same area for one size.
QPainterPath shapePath(Marker shape, double size) {
    const double r = size / 2;
    QPainterPath path;
    switch (shape) {
        case Marker::circle:
            path.addEllipse(QPointF(0, 0), r, r);
            return path;
        case Marker::square:
            path.addRect(QRectF(-0.88 * r, -0.88 * r, 1.76 * r, 1.76 * r));
            return path;
        case Marker::triangle:
            return polygon({{0, -1.15 * r}, {1.1 * r, 0.8 * r}, {-1.1 * r, 0.8 * r}});
        case Marker::diamond:
            return polygon({{0, -1.25 * r}, {1.05 * r, 0}, {0, 1.25 * r}, {-1.05 * r, 0}});
        case Marker::plus:
            return plusPath(1.25 * r, 0.3 * r);
        case Marker::cross:
            return QTransform().rotate(45).map(plusPath(1.3 * r, 0.3 * r));
    }
    return path;
}

}  // namespace

MarkerPainter::MarkerPainter(Marker shape, db::Provenance provenance, const QColor& color,
                             const QColor& background, double size)
    : m_path(shapePath(provenance == db::Provenance::imported ? Marker::diamond : shape, size)),
      m_pen(background, 0.7),
      m_brush(color) {
    if (provenance == db::Provenance::reference) {
        m_path = thinCross(size / 2);
        m_pen = QPen(color, 1.3, Qt::SolidLine, Qt::RoundCap);
        m_brush = Qt::NoBrush;
    } else if (provenance == db::Provenance::modeled) {
        m_pen = QPen(color, 1.2);
        m_brush = background;
    }
}

void MarkerPainter::draw(QPainter& painter, const QPointF& center) const {
    painter.setPen(m_pen);
    painter.setBrush(m_brush);
    painter.drawPath(m_path.translated(center));
}

QString provenanceWord(db::Provenance provenance) {
    switch (provenance) {
        case db::Provenance::measured:
            break;
        case db::Provenance::modeled:
            return QCoreApplication::translate("ridge::gui", "modelled");
        case db::Provenance::reference:
            return QCoreApplication::translate("ridge::gui", "published");
        case db::Provenance::imported:
            return QCoreApplication::translate("ridge::gui", "imported");
    }
    return {};
}

}  // namespace ridge::gui
