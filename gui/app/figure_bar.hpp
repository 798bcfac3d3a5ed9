// SPDX-License-Identifier: GPL-3.0-or-later
// The toolbar: which figure, which chart, which points, and the view.
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QToolBar>

#include "gui/app/actions.hpp"
#include "gui/models/loading.hpp"

namespace ridge::gui {

class FigureBar : public QToolBar {
    Q_OBJECT

 public:
    explicit FigureBar(const Actions& actions, QWidget* parent = nullptr);

    /// What is shown now; emits nothing.
    void showChart(const LoadRequest& request, const ChartData& chart);
    void focusFilter();

 signals:
    void figureChosen(const QString& nameOrPath);
    void fromDataChosen();
    void filterChosen(const QString& where);

 private:
    void choose(int index);

    QComboBox* m_figures;
    QLineEdit* m_filter;
};

}  // namespace ridge::gui
