// SPDX-License-Identifier: GPL-3.0-or-later
// Between log10 coordinates and pixels of the plot area.
#pragma once

#include <QLineF>
#include <QPointF>
#include <QRectF>
#include <cmath>
#include <optional>

#include "gui/charts/view_range.hpp"

namespace ridge::gui {

struct PlotMapping {
    QRectF plot;
    LogView view;

    /// Pixels of a point given by the log10 of its coordinates.
    [[nodiscard]] QPointF fromLog(const QPointF& log) const {
        return {plot.left() + (log.x() - view.x.low) / view.x.span() * plot.width(),
                plot.bottom() - (log.y() - view.y.low) / view.y.span() * plot.height()};
    }
    [[nodiscard]] QPointF toLog(const QPointF& pixels) const {
        return {view.x.low + (pixels.x() - plot.left()) / plot.width() * view.x.span(),
                view.y.low + (plot.bottom() - pixels.y()) / plot.height() * view.y.span()};
    }
    /// x and y in the axis columns' units, > 0.
    [[nodiscard]] QPointF fromValue(double x, double y) const {
        return fromLog({std::log10(x), std::log10(y)});
    }
    /// With a hair's tolerance, so that a point on the frame counts as inside; false for NaN.
    [[nodiscard]] bool shows(const QPointF& log) const {
        constexpr double hair = 1e-9;
        return log.x() >= view.x.low - hair && log.x() <= view.x.high + hair &&
               log.y() >= view.y.low - hair && log.y() <= view.y.high + hair;
    }
};

/// The part of a line inside a rectangle (Liang and Barsky 1984). SVG export writes no clip paths, so lines
/// are clipped by their geometry.
[[nodiscard]] std::optional<QLineF> clipped(const QLineF& line, const QRectF& rect);

}  // namespace ridge::gui
