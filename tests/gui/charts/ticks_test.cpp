// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/ticks.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

using ridge::gui::logTicks;
using ridge::gui::tickStyle;
using ridge::gui::TickStyle;
using ridge::gui::tickText;

namespace {

std::vector<std::string> labels(double low, double high, int base, TickStyle style, int room) {
    std::vector<std::string> texts;
    for (const auto& tick : logTicks(std::log10(low), std::log10(high), base, style, room)) {
        if (tick.major()) {
            texts.push_back(tick.label);
        }
    }
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("decades carry SI suffixes up to T, as published") {
    CHECK(labels(1, 1e4, 10, TickStyle::si, 10) == Texts{"1", "10", "100", "1k", "10k"});
    CHECK(labels(1e10, 1e15, 10, TickStyle::si, 10) == Texts{"10G", "100G", "1T", "10T", "100T", "1000T"});
}

TEST_CASE("decades can be powers of ten") {
    CHECK(labels(0.1, 1e3, 10, TickStyle::power, 10) == Texts{"10⁻¹", "10⁰", "10¹", "10²", "10³"});
    CHECK(labels(1e11, 3e14, 10, TickStyle::power, 10) == Texts{"10¹¹", "10¹²", "10¹³", "10¹⁴"});
}

TEST_CASE("an axis minimum of 0.1 or 0.001 keeps its first tick") {
    CHECK(labels(0.1, 10, 10, TickStyle::plain, 4).front() == "0.1");
    CHECK(labels(0.001, 10, 10, TickStyle::plain, 9).front() == "0.001");
}

TEST_CASE("every power of two is labelled where there is room") {
    const Texts every{"1",   "2",   "4",   "8",    "16",   "32",   "64",
                      "128", "256", "512", "1024", "2048", "4096", "8192"};
    CHECK(labels(1, 8192, 2, TickStyle::plain, 14) == every);
    CHECK(labels(0.7, 11600, 2, TickStyle::plain, 20) == every);
}

TEST_CASE("powers of two are thinned evenly where there is no room, and stay as minor ticks") {
    CHECK(labels(1, 8192, 2, TickStyle::plain, 7) == Texts{"1", "4", "16", "64", "256", "1024", "4096"});
    CHECK(logTicks(0, std::log10(8192.0), 2, TickStyle::plain, 7).size() == 14);
}

TEST_CASE("binary SI suffixes count in 1024") {
    CHECK(tickText(65536, 2, TickStyle::si) == "64Ki");
    CHECK(tickText(512, 2, TickStyle::si) == "512");
}

TEST_CASE("decades are thinned to the room there is") {
    CHECK(labels(1, 1e12, 10, TickStyle::si, 5) == Texts{"1", "1k", "1M", "1G", "1T"});
}

TEST_CASE("1, 2 and 5 are labelled within two decades") {
    CHECK(labels(1e12, 5e13, 10, TickStyle::si, 8) == Texts{"1T", "2T", "5T", "10T", "20T", "50T"});
}

TEST_CASE("below a decade labels go in linear steps of 1, 2 or 5") {
    CHECK(labels(2e12, 3.1e12, 10, TickStyle::si, 8) == Texts{"2T", "2.2T", "2.4T", "2.6T", "2.8T", "3T"});
    CHECK(labels(100, 150, 10, TickStyle::plain, 6) == Texts{"100", "110", "120", "130", "140", "150"});
    CHECK(labels(2e11, 4e11, 10, TickStyle::power, 3) == Texts{"2·10¹¹", "3·10¹¹", "4·10¹¹"});
}

TEST_CASE("no zoom depth is without labels or has more than there is room for") {
    for (double low = -3; low < 15; low += 0.37) {
        for (double span = 0.02; span < 16; span *= 1.31) {
            for (const int base : {2, 10}) {
                const auto ticks = logTicks(low, low + span, base, TickStyle::si, 8);
                const auto count =
                    std::count_if(ticks.begin(), ticks.end(), [](const auto& t) { return t.major(); });
                INFO("from 10^" << low << " over " << span << " decades, base " << base);
                CHECK(count >= 1);
                CHECK(count <= 9);
            }
        }
    }
}

TEST_CASE("ticks ascend, lie inside the range, and minor ticks have no label") {
    const auto ticks = logTicks(0.2, 3.9, 10, TickStyle::si, 10);
    REQUIRE(ticks.size() > 10);
    for (std::size_t i = 1; i < ticks.size(); ++i) {
        CHECK(ticks[i - 1].position < ticks[i].position);
    }
    CHECK(ticks.front().position >= 0.2);
    CHECK(ticks.back().position <= 3.9);
}

TEST_CASE("an empty or impossible range has no ticks") {
    CHECK(logTicks(1, 1, 10, TickStyle::si, 5).empty());
    CHECK(logTicks(2, 1, 10, TickStyle::si, 5).empty());
    CHECK(logTicks(0, HUGE_VAL, 10, TickStyle::si, 5).empty());
}

TEST_CASE("a figure's suffixes name the style") {
    CHECK(tickStyle("si") == TickStyle::si);
    CHECK(tickStyle("power") == TickStyle::power);
    CHECK(tickStyle("none") == TickStyle::plain);
}
