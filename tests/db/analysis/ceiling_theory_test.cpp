// SPDX-License-Identifier: Apache-2.0
#include "db/analysis/ceiling_theory.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::analysis;

namespace {

db::Ceiling ceiling(const char* kind, const char* name, double value, std::optional<double> clockHz,
                    const char* origin) {
    db::Ceiling result;
    result.kind = kind;
    result.name = name;
    result.value = value;
    result.clockHz = clockHz;
    result.origin = origin;
    return result;
}

const std::vector<db::Ceiling> sheet{ceiling("memory", "dram", 2e12, 1.755e9, "datasheet"),
                                     ceiling("compute", "fp32", 51.2e12, 1.755e9, "datasheet")};

}  // namespace

TEST_CASE("every DRAM pattern is held against DRAM, a compute path against its own") {
    CHECK(datasheetOf(sheet, ceiling("memory", "dram_triad", 1, {}, "measured")) == &sheet[0]);
    CHECK(datasheetOf(sheet, ceiling("compute", "fp32", 1, {}, "measured")) == &sheet[1]);
    CHECK(datasheetOf(sheet, ceiling("memory", "l2_read", 1, {}, "measured")) == nullptr);
    CHECK(datasheetOf({}, ceiling("compute", "fp32", 1, {}, "measured")) == nullptr);
    const std::vector<db::Ceiling> measured{ceiling("compute", "fp32", 51.2e12, 1.755e9, "measured")};
    CHECK(datasheetOf(measured, measured[0]) == nullptr);
}

TEST_CASE("theory follows the clock that was seen, and allows one percent") {
    const auto at = [](double clockHz) { return ceiling("compute", "fp32", 48e12, clockHz, "measured"); };
    CHECK_THAT(theoreticalLimit(sheet[1], at(1.755e9)), WithinRel(51.712e12, 1e-9));
    CHECK_THAT(theoreticalLimit(sheet[1], at(1.404e9)), WithinRel(0.8 * 51.712e12, 1e-9));
    CHECK_THAT(theoreticalLimit(sheet[1], ceiling("compute", "fp32", 48e12, {}, "measured")),
               WithinRel(51.712e12, 1e-9));
    const db::Ceiling noClock = ceiling("compute", "fp32", 51.2e12, {}, "datasheet");
    CHECK_THAT(theoreticalLimit(noClock, at(1.404e9)), WithinRel(51.712e12, 1e-9));
    CHECK_THAT(ofDatasheet(sheet[1], at(1.755e9)), WithinRel(0.9375, 1e-9));
}

TEST_CASE("memory does not follow the SM clock") {
    const db::Ceiling read = ceiling("memory", "dram_read", 1.9e12, 1.2e9, "measured");
    CHECK_THAT(theoreticalLimit(sheet[0], read), WithinRel(2.02e12, 1e-9));
}
