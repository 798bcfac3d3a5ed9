// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/view_range.hpp"

#include "tests/support/catch.hpp"

using ridge::gui::LogView;
using ridge::gui::ViewRange;

namespace {

const LogView home{{0, 4}, {10, 15}};

double share(const ridge::gui::LogRange& range, double at) {
    return (at - range.low) / range.span();
}

}  // namespace

TEST_CASE("the anchor of a zoom keeps its place over seven steps") {
    ViewRange range(home);
    for (int step = 0; step < 7; ++step) {
        range.zoomAbout(1.3, 12.1, 0.85, 0.85);
    }
    CHECK_THAT(share(range.current().x, 1.3), WithinAbs(1.3 / 4, 1e-9));
    CHECK_THAT(share(range.current().y, 12.1), WithinAbs(2.1 / 5, 1e-9));
    CHECK(range.current().x.span() < 0.4 * home.x.span());
}

TEST_CASE("a factor of one leaves its axis alone") {
    ViewRange range(home);
    range.zoomAbout(1, 12, 0.5, 1);
    CHECK(range.current().y == home.y);
    CHECK_THAT(range.current().x.span(), WithinAbs(2, 1e-12));
}

TEST_CASE("zooming stops at the least and the greatest span") {
    ViewRange range(home);
    for (int step = 0; step < 100; ++step) {
        range.zoomAbout(2, 12, 0.5, 0.5);
    }
    CHECK_THAT(range.current().x.span(), WithinAbs(ViewRange::minSpan, 1e-9));
    for (int step = 0; step < 100; ++step) {
        range.zoomAbout(2, 12, 2, 2);
    }
    CHECK_THAT(range.current().y.span(), WithinAbs(ViewRange::maxSpan, 1e-9));
}

TEST_CASE("panning cannot lose the chart") {
    ViewRange range(home);
    range.panBy(1, -1);
    CHECK_THAT(range.current().x.low, WithinAbs(1, 1e-12));
    CHECK_THAT(range.current().y.high, WithinAbs(14, 1e-12));
    range.panBy(1000, -1000);
    CHECK_THAT(range.current().x.center(), WithinAbs(home.x.high + ViewRange::reach, 1e-9));
    CHECK_THAT(range.current().y.center(), WithinAbs(home.y.low - ViewRange::reach, 1e-9));
    CHECK_THAT(range.current().x.span(), WithinAbs(4, 1e-9));
}

TEST_CASE("back undoes one gesture at a time, reset included") {
    ViewRange range(home);
    CHECK_FALSE(range.back());
    range.remember();
    range.panBy(1, 0);
    const LogView panned = range.current();
    range.remember();
    range.zoomAbout(2, 12, 0.5, 0.5);
    range.reset();
    CHECK(range.current() == home);
    CHECK(range.back());
    CHECK_THAT(range.current().x.span(), WithinAbs(2, 1e-12));
    CHECK(range.back());
    CHECK(range.current() == panned);
    CHECK(range.back());
    CHECK(range.current() == home);
    CHECK_FALSE(range.back());
}

TEST_CASE("a gesture that changed nothing is not remembered twice") {
    ViewRange range(home);
    range.remember();
    range.remember();
    CHECK(range.back());
    CHECK_FALSE(range.back());
}

TEST_CASE("a view that is too narrow is widened about its middle") {
    ViewRange range(home);
    range.show({{1, 1.0001}, {12, 13}});
    CHECK_THAT(range.current().x.span(), WithinAbs(ViewRange::minSpan, 1e-9));
    CHECK_THAT(range.current().x.center(), WithinAbs(1.00005, 1e-9));
    CHECK_THAT(range.current().y.low, WithinAbs(12, 1e-12));
}
