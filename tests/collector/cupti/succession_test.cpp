// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/succession.hpp"

#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"

using ridge::cupti::inSuccession;

TEST_CASE("counts of ranges one after the other add up, rates are those of the whole time") {
    const std::vector<std::string> metrics{"dram__bytes_read.sum", "gpu__time_duration.sum",
                                           "sm__cycles_elapsed.avg.per_second", "sm__cycles_elapsed.max",
                                           "sm__throughput.avg.pct_of_peak_sustained_elapsed"};
    const auto whole = inSuccession(metrics, {{1000, 300, 1e9, 30, 10}, {500, 100, 2e9, 20, 90}});
    CHECK(whole[0] == 1500);
    CHECK(whole[1] == 400);
    CHECK(whole[2] == 1.25e9);
    CHECK(whole[3] == 50);
    CHECK(std::isnan(whole[4]));
}

TEST_CASE("a rate of several ranges takes their times") {
    CHECK(std::isnan(inSuccession({"sm__cycles_elapsed.avg.per_second"}, {{1e9}, {2e9}})[0]));
}

TEST_CASE("one range is told as it is") {
    const auto whole = inSuccession({"sm__throughput.avg.pct_of_peak_sustained_elapsed"}, {{55}});
    CHECK(whole == std::vector<double>{55});
}

TEST_CASE("a count that one range lacks is lacking altogether") {
    const double absent = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(inSuccession({"dram__bytes_read.sum"}, {{1000}, {absent}})[0]));
}
