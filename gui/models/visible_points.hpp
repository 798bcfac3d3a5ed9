// SPDX-License-Identifier: GPL-3.0-or-later
// The point table without the series that are hidden, sorted by number where a column holds numbers.
#pragma once

#include <QSortFilterProxyModel>

#include "gui/models/point_table_model.hpp"
#include "gui/models/series_tree_model.hpp"

namespace ridge::gui {

class VisiblePoints : public QSortFilterProxyModel {
    Q_OBJECT

 public:
    /// Both models must outlive this one.
    VisiblePoints(PointTableModel* points, const SeriesTreeModel* series, QObject* parent = nullptr);

    [[nodiscard]] PointIndex refAt(const QModelIndex& index) const;
    /// Invalid where the point is hidden or unknown.
    [[nodiscard]] QModelIndex indexOf(PointIndex ref) const;

 protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
    PointTableModel* m_points;
    const SeriesTreeModel* m_series;
};

}  // namespace ridge::gui
