// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of series beside the chart: what is shown, how many points, and where they come from.
#pragma once

#include <QDockWidget>
#include <QTreeView>

#include "gui/docks/series_delegate.hpp"
#include "gui/models/series_tree_model.hpp"

namespace ridge::gui {

class SeriesDock : public QDockWidget {
    Q_OBJECT

 public:
    /// `model` must outlive this.
    explicit SeriesDock(SeriesTreeModel* model, QWidget* parent = nullptr);

    /// After the model has been given the same chart.
    void setChart(const ChartDataPtr& chart);

 private:
    void showMenu(const QPoint& position);

    SeriesTreeModel* m_model;
    QTreeView* m_tree;
    SeriesDelegate* m_delegate;
};

}  // namespace ridge::gui
