// SPDX-License-Identifier: GPL-3.0-or-later
// The chart's twin in words: every drawn point as a row, for screen readers, for sorting and for copying.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/charts/chart_data.hpp"
#include "gui/models/result_set.hpp"

namespace ridge::gui {

/// Which point of a chart: indexes into ChartData::series and its points.
struct PointIndex {
    int series = -1, point = -1;
    friend bool operator==(const PointIndex&, const PointIndex&) = default;
};

class PointTableModel : public QAbstractTableModel {
    Q_OBJECT

 public:
    enum Column {
        seriesColumn,
        provenanceColumn,
        operatorColumn,
        phaseColumn,
        batchColumn,
        seqColumn,
        specColumn,
        shapeColumn,
        xColumn,
        yColumn,
        timeColumn,
        roofColumn,
        boundColumn,
        deviceColumn,
        flagsColumn,
        fileColumn,
        idColumn,
        columnTotal
    };
    enum Role { sortRole = Qt::UserRole, seriesRole };  ///< sortRole: a number where the cell is one

    explicit PointTableModel(QObject* parent = nullptr);

    /// Resets the model. `results` are those the chart was built from.
    void setChart(ChartDataPtr chart, ResultSetPtr results);
    [[nodiscard]] PointIndex refAt(int row) const;
    /// -1 where the chart has no such point.
    [[nodiscard]] int rowOf(PointIndex ref) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
    struct Row {
        PointIndex ref;
        const db::PointRow* source = nullptr;  ///< null for a published point; owned by m_results
    };

    [[nodiscard]] QVariant chartValue(const Row& row, int column) const;
    [[nodiscard]] QString display(const Row& row, int column) const;

    ChartDataPtr m_chart;
    ResultSetPtr m_results;
    std::vector<Row> m_rows;
};

}  // namespace ridge::gui
