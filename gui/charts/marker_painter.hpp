// SPDX-License-Identifier: GPL-3.0-or-later
// Draws one marker: the shape is the series', the fill is the provenance's.
#pragma once

#include <QPainter>
#include <QPainterPath>

#include "gui/charts/chart_data.hpp"

namespace ridge::gui {

/// Measured is solid with a hairline of background that parts it from its neighbours, modelled an outline
/// filled with the background, reference a thin ×, imported a diamond.
class MarkerPainter {
 public:
    MarkerPainter(Marker shape, db::Provenance provenance, const QColor& color, const QColor& background,
                  double size);

    void draw(QPainter& painter, const QPointF& center) const;

 private:
    QPainterPath m_path;
    QPen m_pen;
    QBrush m_brush;
};

/// The word that stands in the picture: empty for measured, else "modelled", "published", "imported".
[[nodiscard]] QString provenanceWord(db::Provenance provenance);

}  // namespace ridge::gui
