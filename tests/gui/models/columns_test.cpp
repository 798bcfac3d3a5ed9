// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/columns.hpp"

#include "db/model/error.hpp"
#include "gui/models/number_text.hpp"
#include "tests/gui/qt_catch.hpp"

using namespace ridge;
using namespace ridge::gui;

TEST_CASE("a numeric column is found by name, stored, derived or counted") {
    db::PointRow row;
    row.point.tokens = 8;
    row.point.timeNs = 5;
    row.intensityAlgorithmic = 3;
    CHECK(numericColumn(row, "tokens")->value == 8);
    CHECK(numericColumn(row, "time_ns")->value == 5);
    CHECK(numericColumn(row, "intensity|intensity_algorithmic")->column == "intensity_algorithmic");
    CHECK(numericColumn(row, "intensity|intensity_algorithmic")->value == 3);
    CHECK_FALSE(numericColumn(row, "dram_bytes").has_value());
}

TEST_CASE("a column that is none is refused with the nearest name, also behind one that has a value") {
    try {
        requireNumericColumns("tokens|intensty");
        FAIL("accepted intensty");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        CHECK_THAT(error.what(), ContainsSubstring("intensty"));
        CHECK_THAT(error.hint(), ContainsSubstring("intensity"));
    }
}

TEST_CASE("only times and rates have the time's interval, rates upside down") {
    db::PointRow row;
    row.point.timeNs = 10;
    row.point.timeLowNs = 8;
    row.point.timeHighNs = 20;
    const auto rate = timeInterval(row, {"algorithmic_flops_per_s", 100});
    REQUIRE(rate);
    CHECK_THAT(rate->first, WithinRel(50.0, 1e-12));
    CHECK_THAT(rate->second, WithinRel(125.0, 1e-12));
    CHECK(timeInterval(row, {"time_ns", 10})->second == 20);
    CHECK_FALSE(timeInterval(row, {"intensity", 4}).has_value());
    CHECK_FALSE(timeInterval(row, {"roof_flops_per_s", 4}).has_value());
    row.point.timeLowNs.reset();
    CHECK_FALSE(timeInterval(row, {"time_ns", 10}).has_value());
}

TEST_CASE("numbers have three significant digits and a prefix that fits after rounding") {
    CHECK(siText(1.935e12, "B/s", 4) == "1.935 TB/s");
    CHECK(siText(149.7e12, "FLOP/s", 4) == "149.7 TFLOP/s");
    CHECK(siText(999.6, "B") == "1 kB");
    CHECK(siText(999.4, "B") == "999 B");
    CHECK(siText(0.5, "B") == "0.5 B");
    CHECK(plainText(0.985) == "0.985");
    CHECK(plainText(2894) == "2894");
    CHECK(plainText(62.44) == "62.4");
    CHECK(plainText(100) == "100");
    CHECK(timeText(812) == "812 ns");
    CHECK(timeText(12'340) == "12.3 µs");
    CHECK(timeRangeText(1200, 1400) == "1.2 to 1.4 µs");
}
