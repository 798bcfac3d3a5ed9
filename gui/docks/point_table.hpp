// SPDX-License-Identifier: GPL-3.0-or-later
// The table of visible points: sortable, copied with its headers.
#pragma once

#include <QTableView>

#include "gui/docks/series_delegate.hpp"
#include "gui/models/visible_points.hpp"

namespace ridge::gui {

class PointTable : public QTableView {
    Q_OBJECT

 public:
    /// `points` must outlive this.
    explicit PointTable(VisiblePoints* points, QWidget* parent = nullptr);

    /// After the model has been given the same chart.
    void setChart(const ChartDataPtr& chart);
    /// Selects and shows the point's row; a hidden point clears the selection.
    void selectPoint(PointIndex point);
    /// The selected rows, or all, as tab-separated text with a header line.
    [[nodiscard]] QString asText() const;

 signals:
    /// The current row's point, chosen by the user.
    void pointChosen(ridge::gui::PointIndex point);

 protected:
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

 private:
    VisiblePoints* m_points;
    SeriesDelegate* m_delegate;
    bool m_selecting = false;  ///< selectPoint() is at work: its change is not the user's
};

}  // namespace ridge::gui
