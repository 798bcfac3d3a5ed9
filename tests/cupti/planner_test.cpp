// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <vector>

#include "collector/cupti/error.hpp"
#include "collector/cupti/toolkit.hpp"
#include "db/model/error.hpp"
#include "tests/cupti/chip_plans.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

TEST_CASE("a name that the chip does not have is refused by name and the rest is planned") {
    const std::vector<std::string> good = test::metricsOf("GH100", "bytes");
    std::vector<std::string> mixed = good;
    mixed.insert(mixed.begin() + 1, "dram__bytes_of_nobody.sum");
    mixed.push_back("also__not_there.sum");
    const cupti::CollectionPlan plan = cupti::planCollection(test::api(), "GH100", mixed);
    CHECK(plan.metrics == good);
    CHECK(plan.refused == std::vector<std::string>{"dram__bytes_of_nobody.sum", "also__not_there.sum"});
    CHECK(plan.passes == 1);
    CHECK_FALSE(plan.configImage.empty());
}

TEST_CASE("a host object that refused a name takes no more metrics") {
    cupti::HostProfiler host(test::api(), "GH100");
    REQUIRE_FALSE(host.addMetrics({"not__there.sum"}));
    CHECK_FALSE(host.addMetrics({"gpu__time_duration.sum"}));
}

TEST_CASE("nothing but refused names leaves a plan without passes") {
    const auto plan = cupti::planCollection(test::api(), "GA102", {"not__there.sum"});
    CHECK(plan.metrics.empty());
    CHECK(plan.passes == 0);
    CHECK(plan.configImage.empty());
}

TEST_CASE("planMetrics answers for one chip as for all") {
    const metrics::MetricPlan one = cupti::planMetrics("GH100", "roofline");
    CHECK(one.chip == "GH100");
    CHECK(one.set == "roofline");
    CHECK(one.passes == 3);
    CHECK(one.metrics == test::metricsOf("GH100", "roofline"));
    CHECK(one.missing.empty());
}

TEST_CASE("a chip is found in any case and named as CUPTI does") {
    for (const char* typed : {"gh100", "Gh100"}) {
        const metrics::MetricPlan plan = cupti::planMetrics(typed, "roofline");
        CHECK(plan.chip == "GH100");
        CHECK(plan.passes == 3);
    }
    CHECK_THROWS_AS(cupti::planMetrics("gh10", "roofline"), Error);
    CHECK_THROWS_AS(cupti::planMetrics("gh1000", "roofline"), Error);
}

TEST_CASE("a chip that CUPTI knows by name only is planned with no passes and says so") {
    const metrics::MetricPlan plan = cupti::planMetrics(test::nameOnlyChip, "roofline");
    CHECK(plan.passes == 0);
    CHECK(plan.metrics.empty());
    CHECK(plan.missing.size() == 1);
}

TEST_CASE("an unknown chip is a usage error that names the known ones") {
    try {
        static_cast<void>(cupti::planMetrics("GX999", "roofline"));
        FAIL("no exception");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        CHECK_THAT(error.what(), ContainsSubstring("no chip 'GX999'"));
        CHECK_THAT(error.hint(), ContainsSubstring("GH100"));
    }
}

TEST_CASE("an unknown chip of a host object is CUPTI's own error code") {
    try {
        const cupti::HostProfiler host(test::api(), "GX999");
        FAIL("no exception");
    } catch (const cupti::CuptiError& error) {
        // Named from CUPTI 13.0 on; before it, an unknown chip is an invalid parameter.
        CHECK(static_cast<int>(error.result()) == (cupti::cudaMajor >= 13 ? 46 : 1));
    }
}

TEST_CASE("the default set is planned for all chips in under a second") {
    const auto start = std::chrono::steady_clock::now();
    const auto plans = cupti::planMetricsOfAllChips("roofline");
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    CHECK(plans.size() == 30);
    INFO("planned roofline for " << plans.size() << " chips in " << took.count() << " ms");
    CHECK(took.count() < 1000);
}
