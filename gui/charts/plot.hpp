// SPDX-License-Identifier: GPL-3.0-or-later
// One chart as a graphics item: Qt Charts has the axes' domain and the roof lines, own items draw the rest.
#pragma once

#include <QChart>
#include <memory>

#include "gui/charts/plot_state.hpp"

class QLogValueAxis;

namespace ridge::gui {

class PlotItem;
class RoofLines;

/// A view puts it on the screen and changes its range; renderToFile() draws the same item into a file.
class Plot : public QChart {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Plot)
 public:
    Plot();
    ~Plot() override;

    /// Shows `data` (nullptr: nothing) at its home view, with every series visible.
    void setData(ChartDataPtr data);
    void setSeriesVisible(int series, bool visible);
    void setView(const LogView& view);
    void setColors(const QPalette& palette);
    /// Ring and call-out at a point; nullopt or a point that is not there takes them away.
    void setHighlight(const std::optional<PointRef>& ref);
    void setFocusShown(bool shown);

    [[nodiscard]] const PlotState& state() const noexcept { return m_state; }
    [[nodiscard]] QStringList legendTexts() const;
    /// What the call-out says, line by line; empty when none is shown.
    [[nodiscard]] QStringList calloutText() const;

 protected:
    void resizeEvent(QGraphicsSceneResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

 private:
    void layoutPlot();
    void updateItems();

    PlotState m_state;
    QLogValueAxis *m_x, *m_y;
    std::unique_ptr<RoofLines> m_roofs;
    std::vector<PlotItem*> m_items;  ///< children, owned by the item tree
};

}  // namespace ridge::gui
