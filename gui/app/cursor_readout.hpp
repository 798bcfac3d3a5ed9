// SPDX-License-Identifier: GPL-3.0-or-later
// The status bar's left part: the axes' values under the cursor.
#pragma once

#include <QLabel>

#include "gui/charts/chart_view.hpp"

namespace ridge::gui {

class CursorReadout : public QLabel {
    Q_OBJECT

 public:
    /// `view` must outlive this.
    explicit CursorReadout(ChartView* view, QWidget* parent = nullptr);

 protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

 private:
    void showValues(const QPointF& position);

    ChartView* m_view;
};

}  // namespace ridge::gui
