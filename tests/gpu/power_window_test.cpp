// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/power_window.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

using namespace ridge::worker;

namespace {

/// Polls a counter of 300 W that is updated every `updateS`, until the window suffices or `endS`.
std::optional<double> measured(double pollS, double updateS, double endS) {
    PowerWindow window;
    for (double now = 0.013; now < endS; now += pollS) {
        const double updated = updateS * std::floor(now / updateS);
        if (window.add(now, 1000 + 300 * updated)) break;
    }
    return window.powerW();
}

}  // namespace

TEST_CASE("power is taken between steps of the counter, whatever its update period") {
    for (const double updateS : {0.02, 0.05, 0.1}) {
        const auto power = measured(0.001, updateS, 0.6);
        REQUIRE(power);
        CHECK_THAT(*power, WithinRel(300.0, 0.02));
    }
}

TEST_CASE("a window that is too short, or polled too seldom, gives no power") {
    CHECK_FALSE(measured(0.001, 0.02, 0.19));
    CHECK_FALSE(measured(0.001, 0.5, 0.6));
    CHECK_FALSE(measured(0.04, 0.05, 0.3));
    CHECK_FALSE(PowerWindow().powerW());
}

TEST_CASE("a counter that stands still gives no power") {
    PowerWindow window;
    for (double now = 0; now < 1; now += 0.001) REQUIRE_FALSE(window.add(now, 5));
}

TEST_CASE("energy of one execution is power times its time, where the GPU was kept busy") {
    CHECK_THAT(energyOfOne(300, 1e6, 500, 0.5).value(), WithinRel(0.3, 1e-12));
    CHECK(energyOfOne(300, 1e6, 451, 0.5));
    CHECK_FALSE(energyOfOne(300, 1e6, 440, 0.5));
}
