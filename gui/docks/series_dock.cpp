// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/docks/series_dock.hpp"

#include <QHeaderView>
#include <QMenu>

namespace ridge::gui {

SeriesDock::SeriesDock(SeriesTreeModel* model, QWidget* parent)
    : QDockWidget(tr("Series"), parent),
      m_model(model),
      m_tree(new QTreeView(this)),
      m_delegate(new SeriesDelegate(SeriesTreeModel::seriesRole, this)) {
    setObjectName(QStringLiteral("seriesDock"));
    m_tree->setObjectName(QStringLiteral("seriesTree"));
    m_tree->setAccessibleName(tr("Series, grouped by where their numbers come from"));
    m_tree->setModel(model);
    m_tree->setItemDelegate(m_delegate);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(14);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(SeriesTreeModel::nameColumn, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(SeriesTreeModel::countColumn, QHeaderView::ResizeToContents);
    connect(m_tree, &QWidget::customContextMenuRequested, this, &SeriesDock::showMenu);
    setWidget(m_tree);
}

void SeriesDock::setChart(const ChartDataPtr& chart) {
    m_delegate->setChart(chart);
    m_tree->expandAll();
}

void SeriesDock::showMenu(const QPoint& position) {
    const QModelIndex index = m_tree->indexAt(position);
    QMenu menu(this);
    menu.addAction(tr("Show all"), m_model, [this] { m_model->setAllVisible(true); });
    menu.addAction(tr("Hide all"), m_model, [this] { m_model->setAllVisible(false); });
    if (index.isValid()) {
        const QModelIndex first = index.siblingAtColumn(SeriesTreeModel::nameColumn);
        menu.addAction(tr("Show only this"), m_model, [this, first] {
            m_model->setAllVisible(false);
            m_model->setData(first, Qt::Checked, Qt::CheckStateRole);
        });
    }
    menu.exec(m_tree->viewport()->mapToGlobal(position));
}

}  // namespace ridge::gui
