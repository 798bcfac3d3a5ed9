// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/main_window.hpp"

#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include "gui/app/message_bar.hpp"
#include "gui/app/theme.hpp"
#include "gui/charts/chart_view.hpp"
#include "gui/docks/point_table.hpp"
#include "tests/gui/application.hpp"
#include "tests/gui/models/results_file.hpp"
#include "tests/gui/qt_catch.hpp"

using namespace ridge;
using namespace ridge::gui;
using db::Provenance;
using test::point;

namespace {

struct Desk {
    Desk() {
        test::ensureApplication();
        test::writeResults(
            file(), "NVIDIA A40",
            {point("up/gate/down ar", Provenance::measured), point("qkv mlp ar", Provenance::modeled)});
        window = std::make_unique<MainWindow>(settings);
        window->show();
        REQUIRE(QTest::qWaitForWindowExposed(window.get()));
    }

    [[nodiscard]] std::filesystem::path file() const { return folder.file("a.db"); }

    /// Starts the window and waits for the worker's answer.
    void start(const LoadRequest& request, bool table = false) {
        QSignalSpy answered(&window->session(), &Session::problemsChanged);
        window->start({request, table, {}});
        REQUIRE(answered.wait());
    }
    template <class Act>
    void afterAnswer(Act act) {
        QSignalSpy answered(&window->session(), &Session::problemsChanged);
        act();
        REQUIRE((!answered.isEmpty() || answered.wait()));
    }
    template <class Widget>
    [[nodiscard]] Widget* find(const char* name) const {
        auto* widget = window->findChild<Widget*>(QLatin1String(name));
        REQUIRE(widget != nullptr);
        return widget;
    }
    [[nodiscard]] const PlotState& plot() const { return find<ChartView>("chartView")->plot().state(); }
    [[nodiscard]] QString message() const { return find<MessageBar>("messageBar")->text(); }

    test::Folder folder;
    QSettings store{QString::fromStdString(folder.file("settings.ini").string()), QSettings::IniFormat};
    Settings settings{store};
    std::unique_ptr<MainWindow> window;
};

}  // namespace

TEST_CASE("the window opens on the start page with the four figures, and one click shows one") {
    const Desk desk;
    CHECK(desk.find<QWidget>("startPage")->isVisible());
    CHECK_FALSE(desk.find<QDockWidget>("seriesDock")->isVisible());
    auto* card = desk.find<QToolButton>("figure:gpt2-l-rtx4090");
    QSignalSpy answered(&desk.window->session(), &Session::problemsChanged);
    card->click();
    REQUIRE(answered.wait());
    CHECK(desk.find<ChartView>("chartView")->isVisible());
    CHECK(desk.plot().data->series.size() == 2);
    CHECK(desk.window->windowTitle() == "gpt2-l-rtx4090 · no results file — Ridgepoint");
}

TEST_CASE("a file opens with the figure of its plan, its points and where they come from") {
    Desk desk;
    desk.start({{desk.file()}, {}, false, {}, {}});
    CHECK(desk.plot().data->series.size() == 2);
    CHECK(desk.window->windowTitle() == "llama-13b-a40 · a.db — Ridgepoint");
    CHECK(desk.find<QComboBox>("figureChooser")->currentText() == "llama-13b-a40");
    CHECK(desk.find<QLabel>("provenance")->text().contains("Measured on NVIDIA A40; modelled"));
    CHECK(desk.find<PointTable>("pointTable")->model()->rowCount() == 2);
    CHECK_FALSE(desk.find<MessageBar>("messageBar")->isVisible());
    CHECK(desk.settings.recentFiles() == QStringList{QString::fromStdString(desk.file().string())});
}

TEST_CASE("unchecking a series in the tree takes its points off the chart, the table and the export") {
    Desk desk;
    desk.start({{desk.file()}, {}, false, {}, {}});
    QAbstractItemModel* tree = desk.find<QTreeView>("seriesTree")->model();
    const QModelIndex modelled = tree->index(1, 0);
    const int series = tree->index(0, 0, modelled).data(SeriesTreeModel::seriesRole).toInt();
    REQUIRE(tree->setData(modelled, Qt::Unchecked, Qt::CheckStateRole));
    CHECK_FALSE(desk.plot().visible.at(static_cast<std::size_t>(series)));
    CHECK(desk.find<PointTable>("pointTable")->model()->rowCount() == 1);
    REQUIRE(desk.window->visibleChart().series.size() == 1);
    CHECK(desk.window->visibleChart().series[0].provenance == Provenance::measured);
}

TEST_CASE("a row chosen in the table is ringed on the chart, and a click on a point chooses its row") {
    Desk desk;
    desk.start({{desk.file()}, {}, false, {}, {}});
    auto* table = desk.find<PointTable>("pointTable");
    table->setCurrentIndex(table->model()->index(1, 0));
    REQUIRE(desk.plot().highlight);
    CHECK(desk.plot().highlight->series ==
          table->model()->index(1, 0).data(PointTableModel::seriesRole).toInt());
    const int other = table->model()->index(0, 0).data(PointTableModel::seriesRole).toInt();
    emit desk.find<ChartView>("chartView")->clicked(other, 0);
    CHECK(table->currentIndex().row() == 0);
}

TEST_CASE("figures, chart kinds and the table are switched from the window") {
    Desk desk;
    desk.start({{desk.file()}, {}, false, {}, {}});
    auto* chooser = desk.find<QComboBox>("figureChooser");
    desk.afterAnswer([&] {
        chooser->setCurrentIndex(0);
        emit chooser->activated(0);
    });
    CHECK(desk.plot().data->figure.name.empty());
    CHECK(desk.plot().data->series.size() == 2);
    desk.afterAnswer([&] { desk.window->actions().sweep->trigger(); });
    CHECK(desk.plot().data->figure.kind == catalog::ChartKind::sweep);
    CHECK(desk.window->actions().sweep->isChecked());
    desk.window->actions().table->trigger();
    CHECK_FALSE(desk.find<ChartView>("chartView")->isVisible());
    CHECK(desk.find<PointTable>("pointTable")->isVisible());
    desk.afterAnswer([&] { desk.window->actions().roofline->trigger(); });
    CHECK(desk.find<ChartView>("chartView")->isVisible());
    CHECK(desk.plot().data->figure.kind == catalog::ChartKind::roofline);
}

TEST_CASE("a filter narrows the chart; a bad one says why and changes nothing") {
    Desk desk;
    desk.start({{desk.file()}, {}, false, {}, {}});
    auto* filter = desk.find<QLineEdit>("filter");
    filter->setText("provenance = 'measured'");
    desk.afterAnswer([&] { QTest::keyClick(filter, Qt::Key_Return); });
    CHECK(desk.plot().data->series.size() == 1);
    filter->setText("provenanze = 'measured'");
    desk.afterAnswer([&] { QTest::keyClick(filter, Qt::Key_Return); });
    CHECK(desk.find<MessageBar>("messageBar")->isVisible());
    CHECK(desk.message().contains("provenanze"));
    CHECK(desk.plot().data->series.size() == 1);
    desk.afterAnswer([&] { filter->clear(); });
    CHECK(desk.plot().data->series.size() == 2);
    CHECK_FALSE(desk.find<MessageBar>("messageBar")->isVisible());
}

TEST_CASE("a file that cannot be opened is a message in the window, and the next one opens") {
    Desk desk;
    desk.start({{desk.folder.file("missing.db")}, {}, false, {}, {}});
    CHECK(desk.message().contains("missing.db"));
    CHECK(desk.find<QWidget>("startPage")->isVisible());
    CHECK(desk.settings.recentFiles().isEmpty());
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(QString::fromStdString(desk.file().string()))});
    desk.afterAnswer([&] {
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        static_cast<QObject&>(*desk.window).event(&drop);
    });
    CHECK(desk.plot().data->series.size() == 2);
    CHECK_FALSE(desk.find<MessageBar>("messageBar")->isVisible());
}

TEST_CASE("a growing file is read again by itself, and the zoom stays where it was") {
    Desk desk;
    desk.start({{desk.file()}, {}, false, {}, {}});
    auto* view = desk.find<ChartView>("chartView");
    view->zoomIn();
    const LogView zoomed = view->currentView();
    QSignalSpy changed(&desk.window->session(), &Session::chartChanged);
    test::writeResults(desk.file(), "NVIDIA A40", {point("qkv mlp ar", Provenance::modeled)});
    REQUIRE(changed.wait(10'000));
    CHECK(desk.find<PointTable>("pointTable")->model()->rowCount() == 3);
    CHECK(view->currentView() == zoomed);
    view->resetView();
    CHECK(view->currentView() == view->plot().state().home);
}

TEST_CASE("the table is copied with its headers") {
    Desk desk;
    desk.start({{desk.file()}, {}, false, {}, {}}, true);
    const QStringList lines = desk.find<PointTable>("pointTable")->asText().split('\n', Qt::SkipEmptyParts);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].startsWith("Series\tProvenance\tOperator"));
    CHECK(lines[1].startsWith("qkv mlp ar\tmodelled\tup"));
    CHECK(lines[2].startsWith("up/gate/down ar\tmeasured\tup"));
    CHECK_FALSE(lines[0].contains("Spec"));
}

TEST_CASE("theme, recent files and the docks' state outlive the window") {
    Desk desk;
    desk.start({{desk.file()}, {}, false, {}, {}});
    desk.window->actions().dark->trigger();
    CHECK(isDark(QApplication::palette()));
    CHECK(desk.settings.theme() == Theme::dark);
    REQUIRE(QTest::qWaitFor([&] { return desk.find<QDockWidget>("seriesDock")->isVisible(); }, 2000));
    desk.find<QDockWidget>("seriesDock")->close();
    desk.window->close();
    desk.window = std::make_unique<MainWindow>(desk.settings);
    desk.window->show();
    desk.start({{desk.file()}, {}, false, {}, {}});
    QCoreApplication::processEvents();
    CHECK_FALSE(desk.find<QDockWidget>("seriesDock")->isVisible());
    CHECK(desk.find<QDockWidget>("pointsDock")->isVisible());
    desk.window->actions().dark->trigger();
    CHECK_FALSE(isDark(QApplication::palette()));
}
