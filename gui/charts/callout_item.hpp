// SPDX-License-Identifier: GPL-3.0-or-later
// The call-out of the highlighted point, drawn in the scene so that it is in every export.
#pragma once

#include "gui/charts/plot_state.hpp"

namespace ridge::gui {

/// The point's title (else its series' label), then its details; x and y alone where there are none.
[[nodiscard]] QStringList calloutLines(const PlotState& state, const PointRef& ref);

class CalloutItem : public PlotItem {
 public:
    using PlotItem::PlotItem;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
};

}  // namespace ridge::gui
