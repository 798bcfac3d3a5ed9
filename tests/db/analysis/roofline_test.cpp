// SPDX-License-Identifier: Apache-2.0
#include "db/analysis/roofline.hpp"

#include "tests/support/catch.hpp"

using namespace ridge::analysis;

namespace {
constexpr Roof a40{149.7e12, 696e9};
}

TEST_CASE("the ridge points of the published figures") {
    CHECK_THAT(ridgePoint(a40), WithinAbs(215.1, 0.05));
    CHECK_THAT(ridgePoint({312e12, 1935e9}), WithinAbs(161.2, 0.05));
    CHECK_THAT(ridgePoint({165.2e12, 1008e9}), WithinAbs(163.9, 0.05));
    CHECK_THAT(ridgePoint({154.8e12, 768e9}), WithinAbs(201.6, 0.05));
}

TEST_CASE("below the ridge the slope limits, above it the ceiling") {
    CHECK(attainableFlopsPerS(a40, 1) == 696e9);
    CHECK(attainableFlopsPerS(a40, 1000) == 149.7e12);
    CHECK(memoryBound(a40, 215.0));
    CHECK_FALSE(memoryBound(a40, 215.2));
    CHECK_FALSE(memoryBound(a40, ridgePoint(a40) * (1 + 1e-12)));
    CHECK_FALSE(memoryBound({8, 2}, 4));  // on the ridge point, exactly
    CHECK(memoryBound({8, 2}, 3.999));
}

TEST_CASE("the shortest time is the longer of computing and moving") {
    CHECK_THAT(attainableTimeNs(a40, 149.7e12, 1), WithinRel(1e9, 1e-12));
    CHECK_THAT(attainableTimeNs(a40, 1, 696e9), WithinRel(1e9, 1e-12));
    const double flops = 2e9;
    const double bytes = 1e9;
    CHECK_THAT(flops * 1e9 / attainableTimeNs(a40, flops, bytes),
               WithinRel(attainableFlopsPerS(a40, flops / bytes), 1e-12));
}
