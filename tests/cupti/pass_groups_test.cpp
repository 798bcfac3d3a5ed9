// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/pass_groups.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "collector/cupti/planner.hpp"
#include "collector/metrics/metric_set.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

TEST_CASE(
    "pass groups hold every metric once, each group takes one pass, and there are no more than passes") {
    const cupti::Api& api = cupti::library().api;
    for (const char* chip : {"TU102", "GA100", "AD102", "GH100", "GB202"}) {
        INFO(chip);
        const auto metrics = cupti::resolveOn(api, chip, metrics::loadSet("roofline")).metrics;
        const cupti::CollectionPlan whole = cupti::planCollection(api, chip, metrics);
        const cupti::PassGroups dealt = cupti::passGroups(api, chip, metrics);
        std::multiset<std::string> names;
        for (const cupti::CollectionPlan& group : dealt.groups) {
            CHECK(group.passes == 1);
            CHECK_FALSE(group.configImage.empty());
            names.insert(group.metrics.begin(), group.metrics.end());
        }
        CHECK(dealt.refused.empty());
        CHECK(names == std::multiset<std::string>(metrics.begin(), metrics.end()));
        CHECK(dealt.groups.size() <= whole.passes);
    }
}

TEST_CASE("bytes, time and clock are one group, so that their ratios are of one occurrence") {
    const cupti::Api& api = cupti::library().api;
    const auto metrics = cupti::resolveOn(api, "GH100", metrics::loadSet("roofline")).metrics;
    const cupti::PassGroups dealt = cupti::passGroups(api, "GH100", metrics);
    REQUIRE(dealt.groups.size() > 1);
    const auto& first = dealt.groups.front().metrics;
    for (const char* metric : {"dram__bytes_read.sum", "dram__bytes_write.sum", "gpu__time_duration.sum"}) {
        INFO(metric);
        CHECK(std::find(first.begin(), first.end(), metric) != first.end());
    }
}

TEST_CASE("what fits one pass is one group, planned as it is without groups") {
    const cupti::Api& api = cupti::library().api;
    const auto metrics = cupti::resolveOn(api, "GH100", metrics::loadSet("bytes")).metrics;
    const cupti::PassGroups dealt = cupti::passGroups(api, "GH100", metrics);
    REQUIRE(dealt.groups.size() == 1);
    CHECK(dealt.groups[0].metrics == metrics);
    CHECK(dealt.groups[0].configImage == cupti::planCollection(api, "GH100", metrics).configImage);
}

TEST_CASE("a metric that the chip does not have is refused and the others are dealt") {
    const cupti::Api& api = cupti::library().api;
    const cupti::PassGroups dealt =
        cupti::passGroups(api, "GH100", {"dram__bytes_read.sum", "no__such_metric.sum"});
    CHECK(dealt.refused == std::vector<std::string>{"no__such_metric.sum"});
    REQUIRE(dealt.groups.size() == 1);
    CHECK(dealt.groups.front().metrics == std::vector<std::string>{"dram__bytes_read.sum"});
    CHECK(cupti::passGroups(api, "GH100", {"no__such_metric.sum"}).groups.empty());
    CHECK(cupti::passGroups(api, "GH100", {}).groups.empty());
}

TEST_CASE("metrics that cannot share a configuration get groups of their own") {
    const cupti::Api& api = cupti::library().api;
    const std::vector<std::string> metrics{"dram__bytes_read.sum", "pcie__read_bytes.sum",
                                           "dram__bytes_write.sum"};
    REQUIRE(cupti::planCollection(api, "GH100", metrics).refused ==
            std::vector<std::string>{"pcie__read_bytes.sum"});
    const cupti::PassGroups dealt = cupti::passGroups(api, "GH100", metrics);
    CHECK(dealt.refused.empty());
    REQUIRE(dealt.groups.size() == 2);
    CHECK(dealt.groups[0].metrics ==
          std::vector<std::string>{"dram__bytes_read.sum", "dram__bytes_write.sum"});
    CHECK(dealt.groups[1].metrics == std::vector<std::string>{"pcie__read_bytes.sum"});
}

TEST_CASE("a metric that takes several passes on its own cannot be dealt") {
    const cupti::Api& api = cupti::library().api;
    const std::string percent = "sm__throughput.avg.pct_of_peak_sustained_elapsed";
    REQUIRE(cupti::planCollection(api, "GH100", {percent}).passes > 1);
    const cupti::PassGroups dealt = cupti::passGroups(api, "GH100", {"dram__bytes_read.sum", percent});
    CHECK(dealt.refused == std::vector<std::string>{percent});
    REQUIRE(dealt.groups.size() == 1);
    CHECK(dealt.groups[0].metrics == std::vector<std::string>{"dram__bytes_read.sum"});
}
