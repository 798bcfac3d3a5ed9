// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/figure_choice.hpp"

#include "db/store.hpp"
#include "gui/models/chart_builder.hpp"
#include "gui/models/loading.hpp"
#include "tests/gui/models/results_file.hpp"
#include "tests/gui/qt_catch.hpp"

using namespace ridge;
using namespace ridge::gui;
using db::Provenance;
using test::point;

TEST_CASE("the figure of the file's plan is chosen; a plan without one is shown as its data asks") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {point("up/gate/down ar", Provenance::modeled)});
    CHECK(load({{folder.file("a.db")}, {}, false, {}, {}}).chart->figure.name == "llama-13b-a40");

    db::Point own = point("it's mine", Provenance::modeled);
    own.plan = "my-plan";
    db::Point nameless = point("", Provenance::modeled);
    nameless.plan = "my-plan";
    test::writeResults(folder.file("b.db"), "NVIDIA A40", {own, nameless});
    const ChartDataPtr chart = load({{folder.file("b.db")}, {}, false, {}, {}}).chart;
    CHECK(chart->figure.name.empty());
    CHECK(chart->figure.kind == catalog::ChartKind::roofline);
    REQUIRE(chart->series.size() == 2);
    CHECK(chart->series[0].label == "it's mine");
    CHECK(chart->series[0].points.size() == 1);
    CHECK(chart->series[1].label == "up ar");
    CHECK(chart->series[1].points.size() == 1);
    CHECK_THAT(chart->figure.x.minimum, WithinRel(100.0, 1e-9));
    CHECK(chart->roofs.at(0).flopsPerS == 149.7e12);
    CHECK(chart->figure.y.maximum > 149.7e12);
}

TEST_CASE("a figure made from the data leaves a parent out, so that no total stands among its parts") {
    const test::Folder folder;
    db::Store store = db::Store::openForAppending(folder.file("a.db"));
    const std::int64_t run = store.addRun({});
    db::Device device;
    device.name = "NVIDIA A40";
    const std::int64_t deviceId = store.addDevice(device, {});
    db::Point layer = point("layers", Provenance::modeled);
    layer.op = "layer";
    const std::vector<db::Store::LinkedRecord> records{
        {{layer, {}, {}, {}}, {}, {}}, {{point("parts", Provenance::modeled), {}, {}, {}}, 0, {}}};
    store.addPoints(run, deviceId, records);
    store.close();
    ResultSet results;
    results.files.push_back(readFile(folder.file("a.db")));
    const catalog::Figure figure = figureFromData(results, catalog::ChartKind::roofline);
    REQUIRE(figure.series.size() == 1);
    CHECK(figure.series[0].label == "parts");
}

TEST_CASE("the other chart kind keeps the series and drops what belongs to the old axes") {
    const catalog::Figure roofline = catalog::figure("gpt2-l-rtx4090");
    const catalog::Figure sweep = withKind(roofline, catalog::ChartKind::sweep);
    CHECK(sweep.series.size() == roofline.series.size());
    CHECK(sweep.overlays.empty());
    CHECK_FALSE(sweep.roofs.has_value());
    CHECK(sweep.x.column == "tokens");
    CHECK(withKind(sweep, catalog::ChartKind::roofline).roofs.has_value());
    CHECK(withKind(roofline, catalog::ChartKind::roofline).overlays.size() == 2);
}

TEST_CASE("an axis widens in whole steps of its base and keeps a bound that already is one") {
    catalog::FigureAxis axis{"", "", 0, 0, 10, 1, "si"};
    widenAxis(axis, 30, 30);
    CHECK_THAT(axis.minimum, WithinRel(10.0, 1e-12));
    CHECK_THAT(axis.maximum, WithinRel(100.0, 1e-12));
    widenAxis(axis, 100, 1000);
    CHECK_THAT(axis.maximum, WithinRel(1000.0, 1e-12));
    catalog::FigureAxis binary{"", "", 0, 0, 2, 1, "plain"};
    widenAxis(binary, 8, 8);
    CHECK_THAT(binary.minimum, WithinRel(8.0, 1e-12));
    CHECK_THAT(binary.maximum, WithinRel(16.0, 1e-12));
}

TEST_CASE("a problem is a value: the other file is still shown") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {point("up/gate/down ar", Provenance::modeled)});
    const LoadOutcome outcome = load({{folder.file("missing.db"), folder.file("a.db")}, {}, false, {}, {}});
    REQUIRE(outcome.problems.size() == 1);
    CHECK(outcome.problems[0].code == ExitCode::failed);
    CHECK(outcome.problems[0].what.contains("missing.db"));
    REQUIRE(outcome.chart);
    CHECK(outcome.chart->series.size() == 1);

    const LoadOutcome bad = load({{folder.file("a.db")}, {}, false, {}, "nonsense ("});
    CHECK_FALSE(bad.chart);
    REQUIRE(bad.problems.size() == 1);
    CHECK(bad.problems[0].code == ExitCode::usage);
}
