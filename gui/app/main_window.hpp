// SPDX-License-Identifier: GPL-3.0-or-later
// The window: it puts the parts together and passes on what they say; the work is theirs.
#pragma once

#include <QMainWindow>

#include "gui/app/actions.hpp"
#include "gui/app/options.hpp"
#include "gui/app/session.hpp"
#include "gui/app/settings.hpp"
#include "gui/models/visible_points.hpp"

class QLabel;
class QStackedWidget;

namespace ridge::gui {

class ChartView;
class FigureBar;
class MessageBar;
class PointTable;
class SeriesDock;
class StartPage;

class MainWindow : public QMainWindow {
    Q_OBJECT

 public:
    /// `settings` must outlive this.
    explicit MainWindow(Settings& settings, QWidget* parent = nullptr);

    /// Nothing to open: the start page.
    void start(const Options& options);
    [[nodiscard]] Session& session() { return m_session; }
    [[nodiscard]] const Actions& actions() const { return m_actions; }
    /// What is on the screen now: the shown range of the axes, without hidden series.
    [[nodiscard]] ChartData visibleChart() const;

 protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

 private:
    void makeCentre();
    void makeDocks();
    void arrangeDocks();
    void makeMenus();
    void makeStatusBar();
    void connectActions();
    void connectSession();
    void linkChartAndTable();

    void showChart();
    void setViewData(const ChartDataPtr& chart);
    void showStartPage();
    void showTable(bool table);
    void updateWords();
    void openDialog(bool add);
    void exportDialog();
    void showAbout();
    void fillRecentMenu();
    void rememberFiles();

    Settings& m_settings;
    Actions m_actions;
    Session m_session;
    SeriesTreeModel m_series;
    PointTableModel m_points;
    VisiblePoints m_visible;

    QStackedWidget* m_pages;
    MessageBar* m_messages;
    StartPage* m_startPage;
    ChartView* m_view;
    PointTable* m_table;
    FigureBar* m_bar;
    SeriesDock* m_seriesDock;
    QDockWidget* m_pointsDock;
    QMenu* m_recentMenu = nullptr;
    QLabel* m_provenance;
    bool m_tableWanted = false, m_chartShown = false;
};

}  // namespace ridge::gui
