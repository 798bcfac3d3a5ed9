// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/visible_points.hpp"

namespace ridge::gui {

VisiblePoints::VisiblePoints(PointTableModel* points, const SeriesTreeModel* series, QObject* parent)
    : QSortFilterProxyModel(parent), m_points(points), m_series(series) {
    setSourceModel(points);
    setSortRole(PointTableModel::sortRole);
    connect(series, &SeriesTreeModel::seriesVisibilityChanged, this, [this] { invalidateFilter(); });
}

PointIndex VisiblePoints::refAt(const QModelIndex& index) const {
    return index.isValid() ? m_points->refAt(mapToSource(index).row()) : PointIndex{};
}

QModelIndex VisiblePoints::indexOf(PointIndex ref) const {
    const int row = m_points->rowOf(ref);
    return row < 0 ? QModelIndex() : mapFromSource(m_points->index(row, 0));
}

bool VisiblePoints::filterAcceptsRow(int row, const QModelIndex& parent) const {
    Q_UNUSED(parent)
    return m_series->seriesVisible(m_points->refAt(row).series);
}

bool VisiblePoints::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(PointTableModel::sortRole);
    const QVariant b = right.data(PointTableModel::sortRole);
    // Absent values sort below every number, and are never taken for zero.
    if (a.isNull() || b.isNull()) return a.isNull() && !b.isNull();
    return QVariant::compare(a, b) == QPartialOrdering::Less;
}

}  // namespace ridge::gui
