// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/plot_mapping.hpp"

#include <algorithm>
#include <array>

namespace ridge::gui {

std::optional<QLineF> clipped(const QLineF& line, const QRectF& rect) {
    struct Edge {
        double direction, distance;
    };
    const std::array<Edge, 4> edges{{{-line.dx(), line.x1() - rect.left()},
                                     {line.dx(), rect.right() - line.x1()},
                                     {-line.dy(), line.y1() - rect.top()},
                                     {line.dy(), rect.bottom() - line.y1()}}};
    double enter = 0, leave = 1;
    for (const auto& [direction, distance] : edges) {
        if (direction == 0) {
            if (distance < 0) {
                return std::nullopt;
            }
            continue;
        }
        const double at = distance / direction;
        if (direction < 0) {
            enter = std::max(enter, at);
        } else {
            leave = std::min(leave, at);
        }
    }
    if (!(enter <= leave)) {
        return std::nullopt;
    }
    return QLineF(line.pointAt(enter), line.pointAt(leave));
}

}  // namespace ridge::gui
