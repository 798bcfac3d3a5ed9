// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a series' own marker in front of its name, as the chart draws it.
#pragma once

#include <QStyledItemDelegate>

#include "gui/charts/chart_data.hpp"

namespace ridge::gui {

class SeriesDelegate : public QStyledItemDelegate {
    Q_OBJECT

 public:
    /// `seriesRole`: the model's role that holds an index into ChartData::series, or -1.
    SeriesDelegate(int seriesRole, QObject* parent) : QStyledItemDelegate(parent), m_seriesRole(seriesRole) {}

    void setChart(ChartDataPtr chart) { m_chart = std::move(chart); }

 protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

 private:
    int m_seriesRole;
    ChartDataPtr m_chart;
};

}  // namespace ridge::gui
