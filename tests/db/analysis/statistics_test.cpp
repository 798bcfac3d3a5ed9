// SPDX-License-Identifier: Apache-2.0
#include "db/analysis/statistics.hpp"

#include <numeric>
#include <random>
#include <vector>

#include "tests/support/catch.hpp"

using namespace ridge::analysis;

namespace {

/// 1, 2, ..., n.
std::vector<double> upTo(int n) {
    std::vector<double> values(static_cast<std::size_t>(n));
    std::iota(values.begin(), values.end(), 1.0);
    return values;
}

}  // namespace

TEST_CASE("nothing has no median, no interval, no spread") {
    CHECK_FALSE(median({}).has_value());
    CHECK_FALSE(medianInterval95({}).has_value());
    CHECK_FALSE(relativeSpread({}).has_value());
}

TEST_CASE("the median is the middle value or the mean of the two middle ones, in any order") {
    CHECK(median(std::vector{5.0}) == 5.0);
    CHECK(median(std::vector{9.0, 1.0, 5.0}) == 5.0);
    CHECK(median(std::vector{4.0, 1.0, 3.0, 2.0}) == 2.5);
}

TEST_CASE("the interval of the median needs six values") {
    CHECK_FALSE(medianInterval95(upTo(5)).has_value());
    REQUIRE(medianInterval95(upTo(6)).has_value());
    CHECK(medianInterval95(upTo(6))->low == 1);
    CHECK(medianInterval95(upTo(6))->high == 6);
}

// Ranks of the two-sided sign test at 5 %: Conover, Practical Nonparametric Statistics, 3rd edition, table
// A3.
TEST_CASE("the ranks of the interval are those of the binomial table") {
    const auto ranks = [](int n) {
        const auto interval = medianInterval95(upTo(n));
        REQUIRE(interval.has_value());
        return std::pair(static_cast<int>(interval->low), static_cast<int>(interval->high));
    };
    CHECK(ranks(8) == std::pair(1, 8));
    CHECK(ranks(9) == std::pair(2, 8));
    CHECK(ranks(10) == std::pair(2, 9));
    CHECK(ranks(15) == std::pair(4, 12));
    CHECK(ranks(20) == std::pair(6, 15));
    CHECK(ranks(25) == std::pair(8, 18));
    CHECK(ranks(50) == std::pair(18, 33));
    CHECK(ranks(100) == std::pair(40, 61));
}

TEST_CASE("many values do not underflow: the normal approximation holds") {
    const auto interval = medianInterval95(upTo(100000));
    REQUIRE(interval.has_value());
    // n/2 -+ 1.96 sqrt(n)/2
    CHECK_THAT(interval->low, WithinAbs(50000 - 309.9, 2.0));
    CHECK_THAT(interval->high, WithinAbs(50001 + 309.9, 2.0));
}

TEST_CASE("the interval holds the true median in at least 95 of 100 trials") {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> times(0, 1);  // median 1, skewed like timings
    int covered = 0;
    constexpr int trials = 4000;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<double> values(30);
        for (double& value : values) value = times(random);
        const auto interval = medianInterval95(values);
        covered += interval->low <= 1 && 1 <= interval->high ? 1 : 0;
    }
    CHECK(covered >= trials * 95 / 100);
    CHECK(covered <= trials * 98 / 100);  // and is no wider than it must be
}

TEST_CASE("the relative spread is the interquartile range over the median") {
    CHECK_THAT(*relativeSpread(upTo(5)), WithinRel((4.0 - 2.0) / 3.0, 1e-12));
    CHECK_THAT(*relativeSpread(std::vector{10.0, 20.0, 30.0, 40.0}), WithinRel((32.5 - 17.5) / 25, 1e-12));
    CHECK(relativeSpread(std::vector{3.0}) == 0.0);
    CHECK_FALSE(relativeSpread(std::vector{-1.0, 0.0, 1.0}).has_value());
}
