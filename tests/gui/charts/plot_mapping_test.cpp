// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/plot_mapping.hpp"

#include <limits>

#include "tests/support/catch.hpp"

using ridge::gui::clipped;
using ridge::gui::PlotMapping;

namespace {

const PlotMapping mapping{{100, 50, 400, 300}, {{0, 4}, {10, 13}}};

}  // namespace

TEST_CASE("values map to pixels by their logarithm, y upwards") {
    const QPointF middle = mapping.fromValue(100, 1e11);
    CHECK_THAT(middle.x(), WithinAbs(300, 1e-9));
    CHECK_THAT(middle.y(), WithinAbs(250, 1e-9));
    const QPointF back = mapping.toLog(middle);
    CHECK_THAT(back.x(), WithinAbs(2, 1e-12));
    CHECK_THAT(back.y(), WithinAbs(11, 1e-12));
}

TEST_CASE("a point on the frame is shown, one outside or without a number is not") {
    CHECK(mapping.shows({0, 13}));
    CHECK_FALSE(mapping.shows({-0.001, 12}));
    CHECK_FALSE(mapping.shows({1, std::numeric_limits<double>::quiet_NaN()}));
}

TEST_CASE("a line is cut at the edges it crosses") {
    const auto part = clipped({0, 0, 200, 200}, QRectF(50, 20, 100, 100));
    REQUIRE(part.has_value());
    CHECK(part->p1() == QPointF(50, 50));
    CHECK(part->p2() == QPointF(120, 120));
}

TEST_CASE("a line inside stays whole and one outside is gone") {
    const QRectF rect(0, 0, 10, 10);
    CHECK(clipped({1, 1, 9, 5}, rect) == QLineF(1, 1, 9, 5));
    CHECK_FALSE(clipped({-5, 20, 15, 20}, rect).has_value());
    CHECK_FALSE(clipped({-5, 3, 3, -5.5}, rect).has_value());
    CHECK(clipped({5, -5, 5, 15}, rect) == QLineF(5, 0, 5, 10));
}
