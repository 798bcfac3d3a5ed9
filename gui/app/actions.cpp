// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/actions.hpp"

#include <QCoreApplication>
#include <QWidget>

namespace ridge::gui {

namespace {

struct ActionText {
    Q_DECLARE_TR_FUNCTIONS(Actions)
};

QAction* make(QWidget* owner, const QString& text, const QKeySequence& shortcut, const QString& tip) {
    auto* action = new QAction(text, owner);
    action->setShortcut(shortcut);
    const QString keys = shortcut.toString(QKeySequence::NativeText);
    action->setToolTip(keys.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, keys));
    action->setStatusTip(tip);
    owner->addAction(action);
    return action;
}

}  // namespace

Actions::Actions(QWidget* owner) {
    const auto action = [owner](const QString& text, const QKeySequence& shortcut, const QString& tip) {
        return make(owner, text, shortcut, tip);
    };
    open = action(ActionText::tr("&Open…"), QKeySequence::Open, ActionText::tr("Open results files"));
    add = action(ActionText::tr("&Add…"), Qt::CTRL | Qt::SHIFT | Qt::Key_O,
                 ActionText::tr("Show further results files on the same chart"));
    reload = action(ActionText::tr("&Reload"), Qt::Key_F5, ActionText::tr("Read the files again"));
    exportPicture = action(ActionText::tr("&Export…"), Qt::CTRL | Qt::Key_E,
                           ActionText::tr("Save what is shown as PNG, SVG or PDF"));
    quit = action(ActionText::tr("&Quit"), QKeySequence::Quit, ActionText::tr("Close the window"));
    copyTable = action(ActionText::tr("&Copy table"), Qt::CTRL | Qt::SHIFT | Qt::Key_C,
                       ActionText::tr("Copy the table's selected rows, or all, as tab-separated text"));
    focusFilter = action(ActionText::tr("&Filter"), QKeySequence::Find, ActionText::tr("Go to the filter"));

    roofline = action(ActionText::tr("&Roofline"), Qt::CTRL | Qt::Key_1,
                      ActionText::tr("Performance over intensity, under the roofs"));
    sweep = action(ActionText::tr("&Sweep"), Qt::CTRL | Qt::Key_2, ActionText::tr("Performance over tokens"));
    table =
        action(ActionText::tr("&Table"), Qt::CTRL | Qt::Key_3, ActionText::tr("The same points as numbers"));
    kinds = new QActionGroup(owner);
    for (QAction* kind : {roofline, sweep, table}) {
        kind->setCheckable(true);
        kinds->addAction(kind);
    }

    back = action(ActionText::tr("&Back"), Qt::ALT | Qt::Key_Left,
                  ActionText::tr("The view before the last zoom or pan"));
    zoomIn = action(ActionText::tr("Zoom &in"), QKeySequence::ZoomIn, ActionText::tr("Zoom in"));
    zoomOut = action(ActionText::tr("Zoom &out"), QKeySequence::ZoomOut, ActionText::tr("Zoom out"));
    reset = action(ActionText::tr("Re&set view"), Qt::CTRL | Qt::Key_0, ActionText::tr("The whole chart"));
    dark = action(ActionText::tr("&Dark"), Qt::CTRL | Qt::Key_D,
                  ActionText::tr("Light on dark, or dark on light"));
    dark->setCheckable(true);
    systemTheme = action(ActionText::tr("Colours of the &desktop"), {},
                         ActionText::tr("Light or dark as the desktop is"));
    about = action(ActionText::tr("&About Ridgepoint"), {}, ActionText::tr("Version and licence"));
}

void Actions::setChartActionsEnabled(bool enabled) {
    for (QAction* action : {add, reload, exportPicture, copyTable, focusFilter, roofline, sweep, table, back,
                            zoomIn, zoomOut, reset})
        action->setEnabled(enabled);
}

}  // namespace ridge::gui
