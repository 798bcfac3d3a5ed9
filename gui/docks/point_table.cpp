// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/docks/point_table.hpp"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QScopedValueRollback>
#include <algorithm>

namespace ridge::gui {

namespace {

QString header(const QAbstractItemModel& model, int column) {
    return model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
}

}  // namespace

PointTable::PointTable(VisiblePoints* points, QWidget* parent)
    : QTableView(parent),
      m_points(points),
      m_delegate(new SeriesDelegate(PointTableModel::seriesRole, this)) {
    setAccessibleName(tr("Points of the chart"));
    setModel(points);
    setItemDelegateForColumn(PointTableModel::seriesColumn, m_delegate);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setWordWrap(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder);
}

void PointTable::setChart(const ChartDataPtr& chart) {
    m_delegate->setChart(chart);
    const QAbstractItemModel& all = *m_points->sourceModel();
    for (int column = 0; column < all.columnCount(); ++column) {
        bool empty = true;
        for (int row = 0; empty && row < all.rowCount(); ++row)
            empty = all.index(row, column).data(PointTableModel::sortRole).isNull();
        setColumnHidden(column, empty);
    }
    resizeColumnsToContents();
}

void PointTable::selectPoint(PointIndex point) {
    const QScopedValueRollback guard(m_selecting, true);
    const QModelIndex index = m_points->indexOf(point);
    if (!index.isValid()) {
        clearSelection();
        return;
    }
    setCurrentIndex(index);
    scrollTo(index);
}

QString PointTable::asText() const {
    QModelIndexList rows = selectionModel()->selectedRows();
    if (rows.isEmpty())
        for (int row = 0; row < m_points->rowCount(); ++row) rows << m_points->index(row, 0);
    std::ranges::sort(rows, {}, [](const QModelIndex& index) { return index.row(); });
    QStringList lines, titles;
    for (int column = 0; column < m_points->columnCount(); ++column)
        if (!isColumnHidden(column)) titles << header(*m_points, column);
    lines << titles.join('\t');
    for (const QModelIndex& row : rows) {
        QStringList cells;
        for (int column = 0; column < m_points->columnCount(); ++column)
            if (!isColumnHidden(column)) cells << row.siblingAtColumn(column).data().toString();
        lines << cells.join('\t');
    }
    return lines.join('\n') + '\n';
}

void PointTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(asText());
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

void PointTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (!m_selecting && current.isValid()) emit pointChosen(m_points->refAt(current));
}

}  // namespace ridge::gui
