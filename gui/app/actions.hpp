// SPDX-License-Identifier: GPL-3.0-or-later
// Every action of the window with its text and shortcut, in one place.
#pragma once

#include <QAction>
#include <QActionGroup>

namespace ridge::gui {

/// Owned by the widget they were made for.
struct Actions {
    explicit Actions(QWidget* owner);

    QAction *open, *add, *reload, *exportPicture, *quit;
    QAction *copyTable, *focusFilter;
    QActionGroup* kinds;
    QAction *roofline, *sweep, *table;
    QAction *back, *zoomIn, *zoomOut, *reset;
    QAction *dark, *systemTheme;
    QAction* about;

    /// Those that need a chart.
    void setChartActionsEnabled(bool enabled);
};

}  // namespace ridge::gui
