// SPDX-License-Identifier: GPL-3.0-or-later
// The chart's legend as a tree: provenances, below them their series, each with a check box and a count.
#pragma once

#include <QAbstractItemModel>
#include <vector>

#include "gui/charts/chart_data.hpp"

namespace ridge::gui {

class SeriesTreeModel : public QAbstractItemModel {
    Q_OBJECT

 public:
    enum Column { nameColumn, countColumn, columnTotal };
    enum Role { seriesRole = Qt::UserRole };  ///< index into ChartData::series; -1 for a group

    explicit SeriesTreeModel(QObject* parent = nullptr);

    /// Resets the model. Series hidden before stay hidden where their label and provenance are still there.
    void setChart(ChartDataPtr chart);
    [[nodiscard]] bool seriesVisible(int series) const;
    void setSeriesVisible(int series, bool visible);
    void setAllVisible(bool visible);

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 signals:
    void seriesVisibilityChanged(int series, bool visible);

 private:
    struct Group {
        db::Provenance provenance;
        std::vector<int> series;
    };

    [[nodiscard]] QVariant groupData(const Group& group, int column, int role) const;
    [[nodiscard]] QVariant seriesData(int series, int column, int role) const;
    [[nodiscard]] Qt::CheckState groupState(const Group& group) const;
    void announce(int group);

    ChartDataPtr m_chart;
    std::vector<Group> m_groups;
    std::vector<bool> m_visible;  ///< by index into ChartData::series
};

}  // namespace ridge::gui
