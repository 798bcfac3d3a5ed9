// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/chart_view.hpp"

#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>

#include "tests/gui/application.hpp"
#include "tests/gui/charts/figure_data.hpp"
#include "tests/gui/qt_catch.hpp"

namespace ridge::gui {
namespace {

/// Sends real events to the viewport of a shown view.
class Hand {
 public:
    Hand() {
        test::ensureApplication();
        m_view = std::make_unique<ChartView>();
        m_view->resize(800, 500);
        m_view->setData(std::make_shared<const ChartData>(test::llama13bFigure()));
        m_view->show();
        QApplication::processEvents();
    }

    ChartView* operator->() { return m_view.get(); }
    ChartView& operator*() { return *m_view; }

    void wheel(const QPointF& at, int notches) {
        QWheelEvent event(at, m_view->viewport()->mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(m_view->viewport(), &event);
    }
    void mouse(QEvent::Type type, const QPointF& at, Qt::MouseButton button, Qt::MouseButtons held,
               Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QMouseEvent event(type, at, m_view->viewport()->mapToGlobal(at), button, held, modifiers);
        QApplication::sendEvent(m_view->viewport(), &event);
    }
    void drag(const QPointF& from, const QPointF& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        mouse(QEvent::MouseButtonPress, from, Qt::LeftButton, Qt::LeftButton, modifiers);
        mouse(QEvent::MouseMove, (from + to) / 2, Qt::NoButton, Qt::LeftButton, modifiers);
        mouse(QEvent::MouseMove, to, Qt::NoButton, Qt::LeftButton, modifiers);
        mouse(QEvent::MouseButtonRelease, to, Qt::LeftButton, Qt::NoButton, modifiers);
    }
    void move(const QPointF& to) { mouse(QEvent::MouseMove, to, Qt::NoButton, Qt::NoButton); }
    void click(const QPointF& at, Qt::MouseButton button = Qt::LeftButton) {
        mouse(QEvent::MouseButtonPress, at, button, button);
        mouse(QEvent::MouseButtonRelease, at, button, Qt::NoButton);
    }
    void key(int key) {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(m_view.get(), &event);
    }
    QPointF logAt(const QPointF& position) { return m_view->plot().state().mapping.toLog(position); }

 private:
    std::unique_ptr<ChartView> m_view;
};

constexpr QPointF inside(300, 200);

}  // namespace

TEST_CASE("a roof's tool tip says how it was measured, where that is known") {
    Hand view;
    ChartData chart = test::llama13bFigure();
    const double bandwidth = chart.roofs.at(0).bytesPerS, peak = chart.roofs.at(0).flopsPerS;
    const double ridge = peak / bandwidth;
    const auto tipAt = [&](double x, double y) {
        const QPoint at = view->mapToPosition(x, y).toPoint();
        view.move(at);
        QHelpEvent event(QEvent::ToolTip, at, view->viewport()->mapToGlobal(at));
        QApplication::sendEvent(view->viewport(), &event);
        return event.isAccepted() ? QToolTip::text() : QString();  // a hidden one fades for a while
    };
    CHECK(tipAt(4 * ridge, peak).isEmpty());
    chart.series.clear();  // a point's call-out goes before
    chart.roofs[0].device = "GPU";
    chart.roofs[0].computeDetails = {"Measured by gemm<half>"};
    view->setData(std::make_shared<const ChartData>(chart));
    QApplication::processEvents();
    CHECK(tipAt(4 * ridge, peak) == "<p style='white-space:pre'>GPU · " + chart.roofs[0].computeLabel +
                                        "\nMeasured by gemm&lt;half&gt;");
    CHECK(tipAt(0.05 * ridge, 0.05 * peak).isEmpty());  // the slope, of which nothing is known
    CHECK(tipAt(4 * ridge, peak / 30).isEmpty());       // nowhere near
}

TEST_CASE("known values lie at known pixels of the view") {
    Hand view;
    const QRectF plot = view->plot().state().mapping.plot;
    const QPointF corner = view->mapToPosition(0.7, 1e10);
    CHECK_THAT(corner.x(), WithinAbs(plot.left(), 1e-6));
    CHECK_THAT(corner.y(), WithinAbs(plot.bottom(), 1e-6));
    const double middle = std::sqrt(0.7 * 1e4);
    CHECK_THAT(view->mapToPosition(middle, 1e12).x(), WithinAbs(plot.center().x(), 1e-6));
    CHECK(plot.right() < view->width());
    CHECK(plot.left() > 40);
}

TEST_CASE("the value under the cursor stays there over seven wheel steps") {
    Hand view;
    const QPointF before = view.logAt(inside);
    const double span = view->currentView().x.span();
    for (int step = 0; step < 7; ++step) {
        view.wheel(inside, 1);
    }
    const QPointF after = view.logAt(inside);
    CHECK_THAT(after.x(), WithinAbs(before.x(), 1e-6));
    CHECK_THAT(after.y(), WithinAbs(before.y(), 1e-6));
    CHECK_THAT(view->currentView().x.span(), WithinRel(span * std::pow(0.85, 7), 1e-9));
}

TEST_CASE("the wheel over an axis zooms that axis alone") {
    Hand view;
    const LogView home = view->currentView();
    const QRectF plot = view->plot().state().mapping.plot;
    view.wheel({plot.center().x(), plot.bottom() + 12}, 2);
    CHECK(view->currentView().y == home.y);
    CHECK(view->currentView().x.span() < home.x.span());
    view->resetView();
    view.wheel({plot.left() - 20, plot.center().y()}, -1);
    CHECK(view->currentView().x == home.x);
    CHECK(view->currentView().y.span() > home.y.span());
}

TEST_CASE("a drag pans, and what was taken stays under the cursor") {
    Hand view;
    const QPointF taken = view.logAt(inside);
    view.drag(inside, inside + QPointF(120, -60));
    const QPointF now = view.logAt(inside + QPointF(120, -60));
    CHECK_THAT(now.x(), WithinAbs(taken.x(), 1e-6));
    CHECK_THAT(now.y(), WithinAbs(taken.y(), 1e-6));
}

TEST_CASE("a hand that trembles does not pan") {
    Hand view;
    const LogView home = view->currentView();
    view.drag(inside, inside + QPointF(5, 5));
    CHECK(view->currentView() == home);
}

TEST_CASE("Shift and a drag show the box") {
    Hand view;
    const QPointF from(200, 300), to(400, 150);
    const QPointF low = view.logAt(from), high = view.logAt(to);
    view.drag(from, to, Qt::ShiftModifier);
    CHECK_THAT(view->currentView().x.low, WithinAbs(low.x(), 1e-9));
    CHECK_THAT(view->currentView().x.high, WithinAbs(high.x(), 1e-9));
    CHECK_THAT(view->currentView().y.low, WithinAbs(low.y(), 1e-9));
    CHECK_THAT(view->currentView().y.high, WithinAbs(high.y(), 1e-9));
}

TEST_CASE("right click and Backspace go back, Home resets") {
    Hand view;
    const LogView home = view->currentView();
    view.drag(inside, inside + QPointF(50, 0));
    const LogView panned = view->currentView();
    view.drag({200, 300}, {400, 150}, Qt::ShiftModifier);
    view.click(inside, Qt::RightButton);
    CHECK(view->currentView() == panned);
    view.key(Qt::Key_Backspace);
    CHECK(view->currentView() == home);
    view.key(Qt::Key_Plus);
    CHECK_FALSE(view->currentView() == home);
    view.key(Qt::Key_Home);
    CHECK(view->currentView() == home);
}

TEST_CASE("arrows pan a tenth of the view, plus and minus undo each other") {
    Hand view;
    const LogView home = view->currentView();
    view.key(Qt::Key_Right);
    CHECK_THAT(view->currentView().x.low, WithinAbs(home.x.low + 0.1 * home.x.span(), 1e-9));
    view.key(Qt::Key_Left);
    view.key(Qt::Key_Up);
    CHECK_THAT(view->currentView().y.low, WithinAbs(home.y.low + 0.1 * home.y.span(), 1e-9));
    view.key(Qt::Key_Down);
    view.key(Qt::Key_Plus);
    view.key(Qt::Key_Minus);
    CHECK_THAT(view->currentView().x.low, WithinAbs(home.x.low, 1e-9));
    CHECK_THAT(view->currentView().y.high, WithinAbs(home.y.high, 1e-9));
}

TEST_CASE("wheel steps in one go are one way back") {
    Hand view;
    const LogView home = view->currentView();
    for (int step = 0; step < 3; ++step) {
        view.wheel(inside, 1);
    }
    view->back();
    CHECK(view->currentView() == home);
}

TEST_CASE("hovering names the point and leaving takes the call-out away") {
    Hand view;
    QSignalSpy spy(&*view, &ChartView::hovered);
    const auto& point = view->plot().state().data->series[5].points.back();
    const QPointF at = view->mapToPosition(point.x, point.y);
    view.move(at);
    REQUIRE(spy.count() == 1);
    CHECK(spy.last().at(0).toInt() == 5);
    CHECK(view->plot().calloutText().first() == "qk/pv ar");
    view.move({500, 350});
    REQUIRE(spy.count() == 2);
    CHECK(spy.last().at(0).toInt() == -1);
    CHECK(view->plot().calloutText().isEmpty());
    view.move(at);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&*view, &leave);
    CHECK(spy.count() == 4);
    CHECK(view->plot().calloutText().isEmpty());
}

TEST_CASE("a click on a point says which, beside every point nothing") {
    Hand view;
    QSignalSpy spy(&*view, &ChartView::clicked);
    const auto& point = view->plot().state().data->series[5].points[0];
    view.click({500, 350});
    CHECK(spy.isEmpty());
    view.click(view->mapToPosition(point.x, point.y));
    REQUIRE(spy.count() == 1);
    CHECK(spy.last().at(0).toInt() == 5);
}

TEST_CASE("a click outside the plot area and a double click are harmless") {
    Hand view;
    const LogView home = view->currentView();
    view.click({2, 2});
    view.click({798, 498}, Qt::MiddleButton);
    view.mouse(QEvent::MouseButtonDblClick, inside, Qt::LeftButton, Qt::LeftButton);
    view.mouse(QEvent::MouseButtonRelease, inside, Qt::LeftButton, Qt::NoButton);
    CHECK(view->currentView() == home);
}

TEST_CASE("highlighting a point outside the view brings it in") {
    Hand view;
    view.drag({600, 250}, {400, 150}, Qt::ShiftModifier);
    REQUIRE(view->currentView().x.low > 1);
    view->highlight(5, 0);
    const auto& state = view->plot().state();
    CHECK(state.mapping.shows(state.logs[5][0]));
    CHECK(view->plot().calloutText().first() == "qk/pv ar");
    view->highlight(-1, -1);
    CHECK(view->plot().calloutText().isEmpty());
}

TEST_CASE("new data may be set from a click on the old") {
    Hand view;
    QObject::connect(&*view, &ChartView::clicked, &*view,
                     [&] { view->setData(std::make_shared<const ChartData>(test::batchInvariantFigure())); });
    const auto point = view->plot().state().data->series[5].points[0];
    view.click(view->mapToPosition(point.x, point.y));
    CHECK(view->plot().state().data->figure.name == "batch-invariant-h100");
    CHECK(view->plot().legendTexts().size() == 4);
}

TEST_CASE("the chart follows the palette") {
    Hand view;
    view->setPalette(chartPalette(true));
    CHECK(view->plot().state().style.background == chartPalette(true).color(QPalette::Base));
    CHECK(view->grab().toImage().pixelColor(3, 3) == chartPalette(true).color(QPalette::Base));
}

TEST_CASE("the whole chart has the palette's base colour, not the window's") {
    Hand view;
    QPalette palette = chartPalette(false);
    palette.setColor(QPalette::Base, QColor(250, 240, 230));
    palette.setColor(QPalette::Window, QColor(10, 20, 30));
    view->setPalette(palette);
    const QImage image = view->grab().toImage();
    CHECK(image.pixelColor(2, 2) == QColor(250, 240, 230));
    CHECK(image.pixelColor(797, 497) == QColor(250, 240, 230));
}

TEST_CASE("the frame shows keyboard focus that came by Tab") {
    Hand view;
    QFocusEvent byTab(QEvent::FocusIn, Qt::TabFocusReason), out(QEvent::FocusOut, Qt::TabFocusReason);
    QApplication::sendEvent(&*view, &byTab);
    CHECK(view->plot().state().focused);
    QApplication::sendEvent(&*view, &out);
    CHECK_FALSE(view->plot().state().focused);
}

TEST_CASE("the plot area follows the size of the view") {
    Hand view;
    const double before = view->plot().state().mapping.plot.width();
    view->resize(1000, 500);
    QApplication::processEvents();
    CHECK_THAT(view->plot().state().mapping.plot.width(), WithinAbs(before + 200, 1e-6));
}

}  // namespace ridge::gui
