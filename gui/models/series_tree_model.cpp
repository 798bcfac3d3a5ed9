// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/series_tree_model.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "gui/models/point_text.hpp"

namespace ridge::gui {

namespace {

/// Internal id of a group's index; a series' is its group's row + 1.
constexpr quintptr groupId = 0;

QString capitalized(QString word) {
    if (!word.isEmpty()) word[0] = word[0].toUpper();
    return word;
}

}  // namespace

SeriesTreeModel::SeriesTreeModel(QObject* parent) : QAbstractItemModel(parent) {}

void SeriesTreeModel::setChart(ChartDataPtr chart) {
    std::set<std::pair<QString, db::Provenance>> hidden;
    for (std::size_t i = 0; i < m_visible.size(); ++i)
        if (!m_visible[i]) hidden.emplace(m_chart->series[i].label, m_chart->series[i].provenance);

    beginResetModel();
    m_chart = std::move(chart);
    m_groups.clear();
    m_visible.clear();
    if (m_chart) {
        for (const ChartSeries& series : m_chart->series)
            m_visible.push_back(!hidden.contains({series.label, series.provenance}));
        constexpr std::array order{db::Provenance::measured, db::Provenance::imported,
                                   db::Provenance::modeled, db::Provenance::reference};
        for (const db::Provenance provenance : order) {
            Group group{provenance, {}};
            for (int i = 0; i < static_cast<int>(m_chart->series.size()); ++i)
                if (m_chart->series[static_cast<std::size_t>(i)].provenance == provenance)
                    group.series.push_back(i);
            if (!group.series.empty()) m_groups.push_back(std::move(group));
        }
    }
    endResetModel();
}

bool SeriesTreeModel::seriesVisible(int series) const {
    const auto index = static_cast<std::size_t>(series);
    return series < 0 || index >= m_visible.size() || m_visible[index];
}

void SeriesTreeModel::setSeriesVisible(int series, bool visible) {
    if (seriesVisible(series) == visible) return;
    m_visible[static_cast<std::size_t>(series)] = visible;
    const auto holds = [&](const Group& group) { return std::ranges::count(group.series, series) > 0; };
    announce(static_cast<int>(std::ranges::find_if(m_groups, holds) - m_groups.begin()));
    emit seriesVisibilityChanged(series, visible);
}

void SeriesTreeModel::setAllVisible(bool visible) {
    for (int i = 0; i < static_cast<int>(m_visible.size()); ++i) setSeriesVisible(i, visible);
}

QModelIndex SeriesTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : groupId);
}

QModelIndex SeriesTreeModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == groupId) return {};
    return createIndex(static_cast<int>(child.internalId() - 1), 0, groupId);
}

int SeriesTreeModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return static_cast<int>(m_groups.size());
    if (parent.column() != 0 || parent.internalId() != groupId) return 0;
    return static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].series.size());
}

int SeriesTreeModel::columnCount(const QModelIndex& parent) const {
    Q_UNUSED(parent)
    return columnTotal;
}

QVariant SeriesTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    if (role == Qt::TextAlignmentRole && index.column() == countColumn)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (index.internalId() == groupId)
        return groupData(m_groups[static_cast<std::size_t>(index.row())], index.column(), role);
    const Group& group = m_groups[index.internalId() - 1];
    return seriesData(group.series[static_cast<std::size_t>(index.row())], index.column(), role);
}

bool SeriesTreeModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::CheckStateRole || index.column() != nameColumn) return false;
    const bool visible = value.toInt() == Qt::Checked;
    if (index.internalId() != groupId) {
        setSeriesVisible(index.data(seriesRole).toInt(), visible);
        return true;
    }
    for (const int series : m_groups[static_cast<std::size_t>(index.row())].series)
        setSeriesVisible(series, visible);
    return true;
}

Qt::ItemFlags SeriesTreeModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    if (index.column() == nameColumn) flags |= Qt::ItemIsUserCheckable;
    return flags;
}

QVariant SeriesTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == nameColumn ? tr("Series") : tr("Points");
}

QVariant SeriesTreeModel::groupData(const Group& group, int column, int role) const {
    if (role == seriesRole) return -1;
    if (column == countColumn) {
        if (role != Qt::DisplayRole) return {};
        qsizetype points = 0;
        for (const int series : group.series)
            points += static_cast<qsizetype>(m_chart->series[static_cast<std::size_t>(series)].points.size());
        return points;
    }
    if (role == Qt::DisplayRole) return capitalized(provenanceName(group.provenance));
    if (role == Qt::CheckStateRole) return groupState(group);
    return {};
}

QVariant SeriesTreeModel::seriesData(int index, int column, int role) const {
    const ChartSeries& series = m_chart->series[static_cast<std::size_t>(index)];
    if (role == seriesRole) return index;
    if (column == countColumn)
        return role == Qt::DisplayRole ? QVariant(static_cast<qsizetype>(series.points.size())) : QVariant();
    switch (role) {
        case Qt::DisplayRole:
            return series.label;
        case Qt::DecorationRole:
            return series.color;
        case Qt::CheckStateRole:
            return seriesVisible(index) ? Qt::Checked : Qt::Unchecked;
        case Qt::ToolTipRole:
            return series.dropped == 0 ? tr("%1, %2").arg(series.label, provenanceName(series.provenance))
                                       : tr("%1, %2; %3 rows without a value for an axis are not drawn")
                                             .arg(series.label, provenanceName(series.provenance))
                                             .arg(series.dropped);
        default:
            return {};
    }
}

Qt::CheckState SeriesTreeModel::groupState(const Group& group) const {
    const auto shown =
        std::ranges::count_if(group.series, [this](int series) { return seriesVisible(series); });
    if (shown == 0) return Qt::Unchecked;
    return shown == static_cast<std::ptrdiff_t>(group.series.size()) ? Qt::Checked : Qt::PartiallyChecked;
}

void SeriesTreeModel::announce(int group) {
    const QModelIndex parent = index(group, 0);
    emit dataChanged(parent, parent, {Qt::CheckStateRole});
    emit dataChanged(index(0, 0, parent), index(rowCount(parent) - 1, 0, parent), {Qt::CheckStateRole});
}

}  // namespace ridge::gui
