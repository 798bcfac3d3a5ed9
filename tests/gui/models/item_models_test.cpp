// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "gui/models/chart_builder.hpp"
#include "gui/models/visible_points.hpp"
#include "tests/gui/application.hpp"
#include "tests/gui/models/results_file.hpp"
#include "tests/gui/qt_catch.hpp"

using namespace ridge;
using namespace ridge::gui;
using db::Provenance;
using test::point;

namespace {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

struct Shown {
    Shown() {
        db::Point slow = point("up/gate/down ar", Provenance::measured);
        slow.timeNs = 9e7;
        slow.timeLowNs = slow.timeHighNs = 9e7;
        test::writeResults(
            folder.file("a.db"), "NVIDIA A40",
            {slow, point("up/gate/down ar", Provenance::measured), point("qkv mlp ar", Provenance::modeled),
             point("up/gate/down ar", Provenance::modeled)});
        auto set = std::make_shared<ResultSet>();
        set->files.push_back(readFile(folder.file("a.db")));
        results = set;
        chart = buildChart(catalog::figure("llama-13b-a40"), *results);
    }
    test::Folder folder;
    ResultSetPtr results;
    ChartDataPtr chart;
};

int seriesNamed(const ChartData& chart, const QString& label, Provenance provenance) {
    for (int i = 0; i < static_cast<int>(chart.series.size()); ++i) {
        const ChartSeries& series = chart.series[static_cast<std::size_t>(i)];
        if (series.label == label && series.provenance == provenance) return i;
    }
    return -1;
}

}  // namespace

TEST_CASE("the tree groups series by provenance with counts, and is a sound model") {
    test::ensureApplication();
    const Shown shown;
    SeriesTreeModel tree;
    const QAbstractItemModelTester tester(&tree, fatal);
    tree.setChart(shown.chart);
    REQUIRE(tree.rowCount() == 2);
    const QModelIndex measured = tree.index(0, 0);
    CHECK(measured.data().toString() == "Measured");
    CHECK(tree.index(0, SeriesTreeModel::countColumn).data().toInt() == 2);
    CHECK(tree.rowCount(measured) == 1);
    CHECK(tree.index(1, 0).data().toString() == "Modelled");
    CHECK(tree.rowCount(tree.index(1, 0)) == 2);
    tree.setChart(nullptr);
    CHECK(tree.rowCount() == 0);
}

TEST_CASE("a group is half checked when some of its series are hidden, and checks them all") {
    test::ensureApplication();
    const Shown shown;
    SeriesTreeModel tree;
    const QAbstractItemModelTester tester(&tree, fatal);
    tree.setChart(shown.chart);
    QSignalSpy changes(&tree, &SeriesTreeModel::seriesVisibilityChanged);
    const QModelIndex modelled = tree.index(1, 0);
    const QModelIndex first = tree.index(0, 0, modelled);
    REQUIRE(tree.setData(first, Qt::Unchecked, Qt::CheckStateRole));
    CHECK(modelled.data(Qt::CheckStateRole).toInt() == Qt::PartiallyChecked);
    CHECK(changes.size() == 1);
    CHECK_FALSE(tree.seriesVisible(first.data(SeriesTreeModel::seriesRole).toInt()));
    REQUIRE(tree.setData(modelled, Qt::Checked, Qt::CheckStateRole));
    CHECK(modelled.data(Qt::CheckStateRole).toInt() == Qt::Checked);
    CHECK(changes.size() == 2);
    tree.setAllVisible(false);
    CHECK(modelled.data(Qt::CheckStateRole).toInt() == Qt::Unchecked);
}

TEST_CASE("a hidden series stays hidden when the file is read again") {
    test::ensureApplication();
    const Shown shown;
    SeriesTreeModel tree;
    tree.setChart(shown.chart);
    const int hidden = seriesNamed(*shown.chart, "up/gate/down ar", Provenance::modeled);
    tree.setSeriesVisible(hidden, false);
    tree.setChart(buildChart(shown.chart->figure, *shown.results));
    CHECK_FALSE(tree.seriesVisible(hidden));
    CHECK(tree.seriesVisible(seriesNamed(*shown.chart, "up/gate/down ar", Provenance::measured)));
}

TEST_CASE("the table has every drawn point with its numbers, and is a sound model") {
    test::ensureApplication();
    const Shown shown;
    PointTableModel table;
    const QAbstractItemModelTester tester(&table, fatal);
    table.setChart(shown.chart, shown.results);
    REQUIRE(table.rowCount() == 4);
    const int row = table.rowOf({seriesNamed(*shown.chart, "qkv mlp ar", Provenance::modeled), 0});
    REQUIRE(row >= 0);
    const auto cell = [&](int column) { return table.index(row, column).data().toString(); };
    CHECK(cell(PointTableModel::seriesColumn) == "qkv mlp ar");
    CHECK(cell(PointTableModel::provenanceColumn) == "modelled");
    CHECK(cell(PointTableModel::batchColumn) == "8");
    CHECK(cell(PointTableModel::shapeColumn) == "8×13824×5120");
    CHECK(cell(PointTableModel::xColumn) == "100");
    CHECK(cell(PointTableModel::yColumn) == "100 T");
    CHECK(cell(PointTableModel::timeColumn) == "10 ms");
    CHECK(cell(PointTableModel::specColumn).isEmpty());
    CHECK(cell(PointTableModel::roofColumn).isEmpty());
    CHECK(table.rowOf({99, 0}) == -1);
}

TEST_CASE("the table sorts by number and leaves hidden series out") {
    test::ensureApplication();
    const Shown shown;
    SeriesTreeModel tree;
    PointTableModel table;
    VisiblePoints visible(&table, &tree);
    const QAbstractItemModelTester tester(&visible, fatal);
    tree.setChart(shown.chart);
    table.setChart(shown.chart, shown.results);
    visible.sort(PointTableModel::timeColumn, Qt::DescendingOrder);
    CHECK(visible.index(0, PointTableModel::timeColumn).data().toString() == "90 ms");
    const int measured = seriesNamed(*shown.chart, "up/gate/down ar", Provenance::measured);
    tree.setSeriesVisible(measured, false);
    CHECK(visible.rowCount() == 2);
    CHECK_FALSE(visible.indexOf({measured, 0}).isValid());
    tree.setSeriesVisible(measured, true);
    CHECK(visible.refAt(visible.indexOf({measured, 0})) == PointIndex{measured, 0});
}
