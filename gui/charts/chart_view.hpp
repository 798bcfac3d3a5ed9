// SPDX-License-Identifier: GPL-3.0-or-later
// The chart on the screen: mouse, wheel and keys around one Plot.
#pragma once

#include <QChartView>
#include <QElapsedTimer>

#include "gui/charts/chart_data.hpp"
#include "gui/charts/plot.hpp"
#include "gui/charts/view_range.hpp"

class QGraphicsRectItem;

namespace ridge::gui {

/// Wheel zooms about the cursor, over an axis only that axis; dragging pans; Shift+drag shows a box; right
/// click or Backspace goes back; Home resets; arrows pan, + and - zoom. Colours follow the widget's palette.
class ChartView : public QChartView {
    Q_OBJECT
 public:
    explicit ChartView(QWidget* parent = nullptr);

    [[nodiscard]] const Plot& plot() const noexcept { return *m_plot; }
    [[nodiscard]] const LogView& currentView() const noexcept { return m_range.current(); }
    /// Viewport pixels of a value in the axis columns' units.
    [[nodiscard]] QPointF mapToPosition(double x, double y) const;

 public slots:  // NOLINT(readability-redundant-access-specifiers): slots is Qt's word
    void setData(ridge::gui::ChartDataPtr chartData);
    void setSeriesVisible(int series, bool visible);
    void resetView();
    void zoomIn();
    void zoomOut();
    void back();
    /// log10 ranges; back() returns from them.
    void showView(const ridge::gui::LogView& view);
    /// Ring and call-out, as hovering does; (-1, -1) takes them away. A point outside the view is brought in.
    void highlight(int series, int point);

 signals:
    /// (-1, -1) when no point is under the cursor any more.
    void hovered(int series, int point);
    void clicked(int series, int point);
    void viewChanged();

 protected:
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    /// Tool tips of roofs.
    bool viewportEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

 private:
    enum class Gesture { none, pressed, panning, boxing };

    void applyView();
    void zoomAboutCenter(double factor);
    void hover(const QPointF& position);
    void showBox(const QPointF& from, const QPointF& to);
    void endGesture();

    Plot* m_plot;              ///< owned by the base class
    QGraphicsRectItem* m_box;  ///< child of m_plot
    ViewRange m_range;
    Gesture m_gesture = Gesture::none;
    QPointF m_pressed, m_last;
    QElapsedTimer m_sinceWheel;  ///< wheel steps close together are one way back
};

}  // namespace ridge::gui
