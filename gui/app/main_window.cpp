// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/main_window.hpp"

#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QScrollArea>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>
#include <cmath>

#include "gui/app/cursor_readout.hpp"
#include "gui/app/figure_bar.hpp"
#include "gui/app/message_bar.hpp"
#include "gui/app/start_page.hpp"
#include "gui/app/theme.hpp"
#include "gui/charts/chart_view.hpp"
#include "gui/docks/point_table.hpp"
#include "gui/docks/series_dock.hpp"

namespace ridge::gui {

namespace {

/// Pages of the centre; the table is a third while it is not in its dock.
constexpr int startIndex = 0, chartIndex = 1;

QStringList localFiles(const QMimeData& mime) {
    QStringList files;
    for (const QUrl& url : mime.urls())
        if (url.isLocalFile()) files << url.toLocalFile();
    return files;
}

}  // namespace

MainWindow::MainWindow(Settings& settings, QWidget* parent)
    : QMainWindow(parent),
      m_settings(settings),
      m_actions(this),
      m_visible(&m_points, &m_series),
      m_pages(new QStackedWidget),
      m_messages(new MessageBar),
      m_startPage(new StartPage),
      m_view(new ChartView),
      m_table(new PointTable(&m_visible)),
      m_bar(new FigureBar(m_actions, this)),
      m_seriesDock(new SeriesDock(&m_series, this)),
      m_pointsDock(new QDockWidget(tr("Points"), this)),
      m_provenance(new QLabel) {
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    resize(1280, 800);
    makeCentre();
    makeDocks();
    makeMenus();
    makeStatusBar();
    connectActions();
    connectSession();
    linkChartAndTable();
    restoreGeometry(m_settings.geometry());
    showStartPage();
}

void MainWindow::start(const Options& options) {
    m_tableWanted = options.table;
    if (!options.request.files.empty() || !options.request.figure.isEmpty()) m_session.open(options.request);
}

ChartData MainWindow::visibleChart() const {
    ChartData chart = *m_session.chart();
    int index = 0;
    std::erase_if(chart.series, [&](const ChartSeries&) { return !m_series.seriesVisible(index++); });
    const LogView& view = m_view->currentView();
    chart.figure.x.minimum = std::pow(10.0, view.x.low);
    chart.figure.x.maximum = std::pow(10.0, view.x.high);
    chart.figure.y.minimum = std::pow(10.0, view.y.low);
    chart.figure.y.maximum = std::pow(10.0, view.y.high);
    return chart;
}

void MainWindow::makeCentre() {
    auto* chartPage = new QWidget;
    auto* chartLayout = new QVBoxLayout(chartPage);
    chartLayout->setContentsMargins(0, 0, 0, 0);
    m_view->setObjectName(QStringLiteral("chartView"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setAccessibleName(tr("Chart; its points are in the table"));
    chartLayout->addWidget(m_view);
    auto* scrollable = new QScrollArea;  // so that its width does not become the window's
    scrollable->setWidget(m_startPage);
    scrollable->setWidgetResizable(true);
    scrollable->setFrameShape(QFrame::NoFrame);
    m_pages->addWidget(scrollable);
    m_pages->addWidget(chartPage);

    auto* centre = new QWidget(this);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_messages);
    layout->addWidget(m_pages, 1);
    setCentralWidget(centre);
}

void MainWindow::makeDocks() {
    addToolBar(m_bar);
    m_table->setObjectName(QStringLiteral("pointTable"));
    m_pointsDock->setObjectName(QStringLiteral("pointsDock"));
    m_pointsDock->setWidget(m_table);
    addDockWidget(Qt::LeftDockWidgetArea, m_seriesDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_pointsDock);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
}

void MainWindow::arrangeDocks() {
    resizeDocks({m_seriesDock}, {270}, Qt::Horizontal);
    resizeDocks({m_pointsDock}, {180}, Qt::Vertical);
    restoreState(m_settings.windowState());
}

void MainWindow::makeMenus() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addActions({m_actions.open, m_actions.add});
    m_recentMenu = file->addMenu(tr("Open &recent"));
    connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    file->addActions({m_actions.reload, m_actions.exportPicture});
    file->addSeparator();
    file->addAction(m_actions.quit);
    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    edit->addActions({m_actions.copyTable, m_actions.focusFilter});
    QMenu* view = menuBar()->addMenu(tr("&View"));
    view->addActions(m_actions.kinds->actions());
    view->addSeparator();
    view->addActions({m_actions.back, m_actions.zoomIn, m_actions.zoomOut, m_actions.reset});
    view->addSeparator();
    view->addActions({m_seriesDock->toggleViewAction(), m_pointsDock->toggleViewAction()});
    view->addSeparator();
    view->addActions({m_actions.dark, m_actions.systemTheme});
    menuBar()->addMenu(tr("&Help"))->addAction(m_actions.about);
}

void MainWindow::makeStatusBar() {
    statusBar()->addWidget(new CursorReadout(m_view), 1);
    m_provenance->setObjectName(QStringLiteral("provenance"));
    statusBar()->addPermanentWidget(m_provenance);
}

void MainWindow::connectActions() {
    connect(m_actions.open, &QAction::triggered, this, [this] { openDialog(false); });
    connect(m_actions.add, &QAction::triggered, this, [this] { openDialog(true); });
    connect(m_actions.reload, &QAction::triggered, &m_session, &Session::reload);
    connect(m_actions.exportPicture, &QAction::triggered, this, &MainWindow::exportDialog);
    connect(m_actions.quit, &QAction::triggered, this, &QWidget::close);
    connect(m_actions.copyTable, &QAction::triggered, this,
            [this] { QApplication::clipboard()->setText(m_table->asText()); });
    connect(m_actions.focusFilter, &QAction::triggered, m_bar, &FigureBar::focusFilter);
    connect(m_actions.roofline, &QAction::triggered, this, [this] {
        showTable(false);
        m_session.showKind(catalog::ChartKind::roofline);
    });
    connect(m_actions.sweep, &QAction::triggered, this, [this] {
        showTable(false);
        m_session.showKind(catalog::ChartKind::sweep);
    });
    connect(m_actions.table, &QAction::triggered, this, [this] { showTable(true); });
    connect(m_actions.back, &QAction::triggered, m_view, &ChartView::back);
    connect(m_actions.zoomIn, &QAction::triggered, m_view, &ChartView::zoomIn);
    connect(m_actions.zoomOut, &QAction::triggered, m_view, &ChartView::zoomOut);
    connect(m_actions.reset, &QAction::triggered, m_view, &ChartView::resetView);
    connect(m_actions.about, &QAction::triggered, this, &MainWindow::showAbout);
    const auto setTheme = [this](Theme theme) {
        m_settings.setTheme(theme);
        applyTheme(theme);
    };
    connect(m_actions.dark, &QAction::triggered, this,
            [setTheme](bool dark) { setTheme(dark ? Theme::dark : Theme::light); });
    connect(m_actions.systemTheme, &QAction::triggered, this, [setTheme] { setTheme(Theme::system); });
    connect(m_startPage, &StartPage::openRequested, this, [this] { openDialog(false); });
    connect(m_startPage, &StartPage::fileChosen, this,
            [this](const QString& file) { m_session.openFiles({file}); });
    connect(m_startPage, &StartPage::figureChosen, &m_session, &Session::showFigure);
    m_actions.dark->setChecked(isDark(palette()));
}

void MainWindow::connectSession() {
    connect(m_bar, &FigureBar::figureChosen, &m_session, &Session::showFigure);
    connect(m_bar, &FigureBar::fromDataChosen, &m_session, &Session::showFromData);
    connect(m_bar, &FigureBar::filterChosen, &m_session, &Session::filter);
    connect(&m_session, &Session::loading, this, [this] { setCursor(Qt::BusyCursor); });
    connect(&m_session, &Session::chartChanged, this, &MainWindow::showChart);
    connect(&m_session, &Session::problemsChanged, this, [this](const std::vector<LoadProblem>& problems) {
        unsetCursor();
        m_messages->showProblems(problems);
        if (problems.empty()) rememberFiles();
    });
    connect(&m_series, &SeriesTreeModel::seriesVisibilityChanged, m_view, &ChartView::setSeriesVisible);
}

void MainWindow::linkChartAndTable() {
    connect(m_view, &ChartView::clicked, this, [this](int series, int point) {
        m_table->selectPoint({series, point});
    });
    connect(m_table, &PointTable::pointChosen, this,
            [this](PointIndex point) { m_view->highlight(point.series, point.point); });
}

void MainWindow::showChart() {
    const ChartDataPtr chart = m_session.chart();
    m_series.setChart(chart);
    m_points.setChart(chart, m_session.results());
    m_visible.invalidate();
    m_seriesDock->setChart(chart);
    m_table->setChart(chart);
    setViewData(chart);
    for (int i = 0; i < static_cast<int>(chart->series.size()); ++i)
        if (!m_series.seriesVisible(i)) m_view->setSeriesVisible(i, false);
    m_bar->showChart(m_session.request(), *chart);
    m_actions.setChartActionsEnabled(true);
    if (!m_chartShown) {
        m_chartShown = true;
        m_seriesDock->show();
        m_pointsDock->show();
        m_bar->show();
        // The docks' sizes hold only once the layout has seen them.
        QMetaObject::invokeMethod(this, &MainWindow::arrangeDocks, Qt::QueuedConnection);
    }
    showTable(m_tableWanted);
    updateWords();
}

void MainWindow::setViewData(const ChartDataPtr& chart) {
    const catalog::Figure before = m_view->plot().state().data->figure;
    const LogView view = m_view->currentView();
    const bool zoomed = view != m_view->plot().state().home;
    m_view->setData(chart);
    // A reload or a filter must not lose the place somebody has zoomed to.
    const bool sameAxes = before.kind == chart->figure.kind && before.x.column == chart->figure.x.column &&
                          before.y.column == chart->figure.y.column;
    if (zoomed && sameAxes && before.name == chart->figure.name) m_view->showView(view);
}

void MainWindow::showStartPage() {
    m_pages->setCurrentIndex(startIndex);
    m_startPage->setRecentFiles(m_settings.recentFiles());
    m_seriesDock->hide();
    m_pointsDock->hide();
    m_bar->hide();
    m_actions.setChartActionsEnabled(false);
    setWindowTitle(tr("Ridgepoint"));
}

void MainWindow::showTable(bool table) {
    m_tableWanted = table;
    if (table && m_pages->indexOf(m_table) < 0) {
        m_pointsDock->hide();
        m_pages->addWidget(m_table);
    } else if (!table && m_pages->indexOf(m_table) >= 0) {
        m_pages->removeWidget(m_table);
        m_pointsDock->setWidget(m_table);
        m_pointsDock->show();
    }
    m_table->show();
    m_pages->setCurrentIndex(table ? m_pages->indexOf(m_table) : chartIndex);
    m_pointsDock->toggleViewAction()->setEnabled(!table);
    const bool roofline = m_session.chart()->figure.kind == catalog::ChartKind::roofline;
    (table ? m_actions.table : roofline ? m_actions.roofline : m_actions.sweep)->setChecked(true);
}

void MainWindow::updateWords() {
    QStringList files;
    for (const std::filesystem::path& file : m_session.request().files)
        files << QString::fromStdString(file.filename().string());
    const ChartData& chart = *m_session.chart();
    const QString figure =
        chart.figure.name.empty() ? tr("from the data") : QString::fromStdString(chart.figure.name);
    const QString names = files.isEmpty() ? tr("no results file") : files.join(", ");
    setWindowTitle(tr("%1 · %2 — Ridgepoint").arg(figure, names));
    m_provenance->setText(names + QStringLiteral("   ·   ") + chart.subtitle);
}

void MainWindow::fillRecentMenu() {
    m_recentMenu->clear();
    for (const QString& file : m_settings.recentFiles())
        m_recentMenu->addAction(file, this, [this, file] { m_session.openFiles({file}); });
    if (m_recentMenu->isEmpty()) m_recentMenu->addAction(tr("No file was opened yet"))->setEnabled(false);
}

void MainWindow::rememberFiles() {
    for (const std::filesystem::path& file : m_session.request().files)
        m_settings.addRecentFile(QString::fromStdString(std::filesystem::absolute(file).string()));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    // The start page hides docks and toolbar: their state is worth keeping only once they were shown.
    if (m_tableWanted && m_chartShown) showTable(false);
    m_settings.setWindow(saveGeometry(), m_chartShown ? saveState() : m_settings.windowState());
    QMainWindow::closeEvent(event);
}

void MainWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) m_actions.dark->setChecked(isDark(palette()));
    QMainWindow::changeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!localFiles(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QStringList files = localFiles(*event->mimeData());
    if (files.isEmpty()) return;
    event->acceptProposedAction();
    m_session.openFiles(files);
}

}  // namespace ridge::gui
