// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/plot.hpp"

#include <QGraphicsScene>
#include <QLineSeries>
#include <cmath>

#include "gui/charts/legend.hpp"
#include "gui/charts/marker_painter.hpp"
#include "gui/charts/plot_frame.hpp"
#include "gui/charts/points_item.hpp"
#include "gui/charts/roof_lines.hpp"
#include "tests/gui/application.hpp"
#include "tests/gui/charts/figure_data.hpp"
#include "tests/gui/qt_catch.hpp"

namespace ridge::gui {
namespace {

class ShownPlot {
 public:
    explicit ShownPlot(ChartData data, QSizeF size = {800, 500}) {
        test::ensureApplication();
        m_scene = std::make_unique<QGraphicsScene>();
        m_plot = new Plot;
        m_scene->addItem(m_plot);
        m_plot->resize(size);
        m_plot->setData(std::make_shared<const ChartData>(std::move(data)));
    }
    Plot* operator->() { return m_plot; }
    Plot& operator*() { return *m_plot; }

 private:
    std::unique_ptr<QGraphicsScene> m_scene;
    Plot* m_plot;
};

ChartData manyPoints(int count) {
    ChartData data = test::llama13bFigure();
    data.series.resize(1);
    data.series[0].points.clear();
    for (int i = 0; i < count; ++i) {
        data.series[0].points.push_back({std::pow(10.0, 3.9 * i / count), 1e12 * (1 + i % 97)});
    }
    return data;
}

}  // namespace

TEST_CASE("slope and ceiling meet at the ridge") {
    const auto data = test::llama13bFigure();
    const auto roof = roofGeometry(data.roofs[0], {{0, 4}, {10, 15}});
    REQUIRE((roof.slope && roof.ceiling && roof.ridge));
    CHECK_THAT(std::pow(10.0, roof.slope->x2()), WithinRel(149.7e12 / 696e9, 1e-9));
    CHECK_THAT(std::pow(10.0, roof.slope->y2()), WithinRel(149.7e12, 1e-9));
    CHECK_THAT(std::pow(10.0, roof.slope->y1()), WithinRel(696e9, 1e-9));
    CHECK_THAT(roof.ceiling->x1(), WithinAbs(roof.slope->x2(), 1e-12));
    CHECK_THAT(roof.ridge->x1(), WithinAbs(roof.slope->x2(), 1e-12));
    CHECK(roof.ridge->y1() == 10);
}

TEST_CASE("roofs end at the edge of the view") {
    const auto roof = test::llama13bFigure().roofs[0];
    const auto left = roofGeometry(roof, {{0, 1}, {12, 13}});
    REQUIRE(left.slope);
    CHECK_THAT(left.slope->y1(), WithinAbs(12, 1e-9));
    CHECK_THAT(left.slope->x2(), WithinAbs(1, 1e-9));
    CHECK_FALSE((left.ceiling || left.ridge));
    CHECK_FALSE(roofGeometry(roof, {{3, 4}, {15, 16}}).ceiling);
}

TEST_CASE("a roof without a bandwidth is not drawn") {
    auto roof = test::llama13bFigure().roofs[0];
    roof.bytesPerS = 0;
    const auto geometry = roofGeometry(roof, {{0, 4}, {10, 15}});
    CHECK_FALSE((geometry.slope || geometry.ceiling || geometry.ridge));
}

TEST_CASE("Qt Charts and the own items agree where a value lies") {
    ShownPlot plot(test::llama13bFigure());
    const auto& mapping = plot->state().mapping;
    for (const QPointF value : {QPointF(1, 1e10), QPointF(215, 149.7e12), QPointF(9000, 2e13)}) {
        const QPointF theirs = plot->mapToPosition(value, plot->series().first());
        const QPointF ours = mapping.fromValue(value.x(), value.y());
        CHECK_THAT(theirs.x(), WithinAbs(ours.x(), 0.01));
        CHECK_THAT(theirs.y(), WithinAbs(ours.y(), 0.01));
    }
    CHECK(plot->plotArea() == mapping.plot);
}

TEST_CASE("the legend says the published texts, and how a value came about where it was not measured") {
    CHECK(ShownPlot(test::llama13bFigure())->legendTexts() ==
          QStringList{"qkv mlp init", "qkv mlp ar", "up/gate/down init", "up/gate/down ar", "qk/pv init",
                      "qk/pv ar"});
    CHECK(ShownPlot(test::gpt2Figure())->legendTexts() ==
          QStringList{"4090 Roofline", "Baseline GPT2-L Perf", "Staged speculative GPT2-L Perf",
                      "Baseline GPT2-L Perf (published)", "Staged speculative GPT2-L Perf (published)"});
    CHECK(ShownPlot(test::llama33bFigure())->legendTexts().at(7) == "up/gate/down spec: 112 (modelled)");
}

TEST_CASE("a label that already says its provenance does not say it twice") {
    auto data = test::batchInvariantFigure();
    data.series[2].label = "published (cuBLAS)";
    CHECK(ShownPlot(data)->legendTexts().at(2) == "published (cuBLAS)");
}

TEST_CASE("a hidden series is neither drawn, nor in the legend, nor under the cursor") {
    ShownPlot plot(test::gpt2Figure());
    const int all = visiblePoints(plot->state());
    const QPointF at = plot->state().mapping.fromValue(33.9, 7.1e11);
    REQUIRE(nearestPoint(plot->state(), at, 2) == PointRef{1, 0});
    plot->setHighlight(PointRef{1, 0});
    plot->setSeriesVisible(1, false);
    CHECK(visiblePoints(plot->state()) == all - 1);
    CHECK_FALSE(plot->legendTexts().contains("Staged speculative GPT2-L Perf"));
    CHECK_FALSE(nearestPoint(plot->state(), at, 2).has_value());
    CHECK(plot->calloutText().isEmpty());
    plot->setSeriesVisible(1, true);
    CHECK(visiblePoints(plot->state()) == all);
}

TEST_CASE("the call-out names the point and its numbers") {
    ShownPlot plot(test::gpt2Figure());
    plot->setHighlight(PointRef{1, 0});
    CHECK(plot->calloutText() == QStringList{"step · 36 candidates", "710 GFLOP/s useful"});
    plot->setHighlight(PointRef{2, 0});
    CHECK(plot->calloutText() == QStringList{"Baseline GPT2-L Perf", "Arithmetic Intensity (FLOP/Byte): 10⁰",
                                             "Performance (FLOPS): 2.1·10¹¹", "published"});
    plot->setHighlight(PointRef{2, 7});
    CHECK(plot->calloutText().isEmpty());
}

TEST_CASE("points without a logarithm or outside the axes are not drawn, and the notes count them") {
    auto data = test::gpt2Figure();
    data.series[0].points.push_back({5, 1e10});
    data.series[0].points.push_back({5, 0});
    ShownPlot plot(data);
    CHECK(visiblePoints(plot->state()) == 4);
    CHECK(chartNotes(plot->state()).last().startsWith("2 point"));
}

TEST_CASE("the plot area keeps its place while the view changes") {
    ShownPlot plot(test::llama33bFigure());
    const QRectF before = plot->state().mapping.plot;
    plot->setView({{1.001, 1.032}, {12.2, 12.23}});
    CHECK(plot->state().mapping.plot == before);
    CHECK(plotRect(plot->state()) == before);
}

TEST_CASE("the legend lies inside the plot at the figure's corner and hides nothing") {
    for (const auto& data :
         {test::gpt2Figure(), test::llama13bFigure(), test::llama33bFigure(), test::batchInvariantFigure()}) {
        ShownPlot plot(data);
        const auto& state = plot->state();
        INFO(data.figure.name);
        CHECK_FALSE(state.legend.below);
        CHECK(state.mapping.plot.contains(state.legend.rect));
        const bool top = data.figure.legend == "top left";
        CHECK((state.legend.rect.center().y() < state.mapping.plot.center().y()) == top);
        for (const auto& line : state.logs) {
            for (const auto& log : line) {
                CHECK_FALSE(state.legend.rect.contains(state.mapping.fromLog(log)));
            }
        }
    }
}

TEST_CASE("a legend that would hide data goes below the axis") {
    auto data = test::llama13bFigure();
    data.series[0].points.push_back({5000, 3e10});
    ShownPlot plot(data);
    CHECK(plot->state().legend.below);
    CHECK(plot->state().legend.rect.top() > plot->state().mapping.plot.bottom());
    CHECK(plot->state().legend.rect.bottom() <= plot->size().height());
}

TEST_CASE("a chart without data or too small to hold anything still draws") {
    test::ensureApplication();
    ShownPlot empty(ChartData{});
    ShownPlot tiny(test::llama33bFigure(), {10, 10});
    QImage image(100, 100, QImage::Format_RGB32);
    QPainter painter(&image);
    empty->scene()->render(&painter);
    tiny->scene()->render(&painter);
    CHECK(empty->legendTexts().isEmpty());
    CHECK(tiny->state().mapping.plot.width() > 0);
}

TEST_CASE("a figure without axis ranges shows all of its data") {
    auto data = test::batchInvariantFigure();
    data.figure.x.minimum = data.figure.x.maximum = data.figure.y.minimum = data.figure.y.maximum = 0;
    ShownPlot plot(data);
    CHECK(visiblePoints(plot->state()) == 56);
    CHECK(plot->state().home.x.low < 0);
    CHECK(plot->state().home.x.high > std::log10(8192));
}

TEST_CASE("the nearest point is found among many, and only within the radius") {
    ShownPlot plot(manyPoints(5000));
    const QPointF at = plot->state().mapping.fromLog(plot->state().logs[0][1234]);
    CHECK(nearestPoint(plot->state(), at, 12) == PointRef{0, 1234});
    CHECK_FALSE(nearestPoint(plot->state(), {1, 1}, 12).has_value());
}

TEST_CASE("many points are small squares, hollow unless measured, and a small series keeps its markers") {
    const auto inked = [](ShownPlot& plot, const QPointF& log, const QPoint& away) {
        QImage image(800, 500, QImage::Format_RGB32);
        QPainter painter(&image);
        plot->scene()->render(&painter, QRectF(0, 0, 800, 500), QRectF(0, 0, 800, 500));
        return image.pixelColor(plot->state().mapping.fromLog(log).toPoint() + away).blueF() < 0.85F;
    };
    auto data = manyPoints(4000);
    data.roofs.clear();
    data.series[0].color = Qt::black;
    auto few = data.series[0];
    few.points = {{30, 3e10}};
    data.series.push_back(few);
    data.series[0].points.push_back({3, 3e10});
    ShownPlot measured(data);
    CHECK(inked(measured, {std::log10(3), std::log10(3e10)}, {0, 0}));
    CHECK_FALSE(inked(measured, {std::log10(3), std::log10(3e10)}, {3, 3}));
    CHECK(inked(measured, {std::log10(30), std::log10(3e10)}, {3, 3}));
    data.series[0].provenance = db::Provenance::modeled;
    ShownPlot modeled(data);
    CHECK_FALSE(inked(modeled, {std::log10(3), std::log10(3e10)}, {0, 0}));
    CHECK(inked(modeled, {std::log10(3), std::log10(3e10)}, {1, 1}));
}

TEST_CASE("a colour is kept where it can be seen and moved where it cannot") {
    test::ensureApplication();
    const PlotStyle light(chartPalette(false), "DejaVu Sans"), dark(chartPalette(true), "DejaVu Sans");
    CHECK(light.visible("#ff7f0e") == QColor("#ff7f0e"));
    CHECK(dark.visible("#1f77b4") == QColor("#1f77b4"));
    CHECK(dark.visible("#000000") == dark.text);
    CHECK(contrastRatio(dark.visible("#0000ff"), dark.background) >= 2.4);
    CHECK(contrastRatio(light.visible("#ffff66"), light.background) >= 2.4);
    CHECK_THAT(contrastRatio(Qt::black, Qt::white), WithinAbs(21, 0.01));
}

TEST_CASE("measured is solid, modelled hollow, published thin") {
    test::ensureApplication();
    const auto inked = [](db::Provenance provenance, const QPointF& at) {
        QImage image(21, 21, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        MarkerPainter(Marker::square, provenance, Qt::black, Qt::white, 12).draw(painter, {10.5, 10.5});
        return qGray(image.pixel(at.toPoint())) < 100;
    };
    CHECK(inked(db::Provenance::measured, {10, 10}));
    CHECK(inked(db::Provenance::measured, {10, 7}));
    CHECK_FALSE(inked(db::Provenance::modeled, {10, 10}));
    CHECK(inked(db::Provenance::reference, {10, 10}));
    CHECK_FALSE(inked(db::Provenance::reference, {10, 7}));
    CHECK(inked(db::Provenance::imported, {10, 4}));
}

}  // namespace ridge::gui
