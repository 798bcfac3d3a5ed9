// SPDX-License-Identifier: Apache-2.0
// Images recorded on a GPU give the values that they gave there, and those are what arithmetic says.
#include <cmath>

#include "collector/cupti/fixture.hpp"
#include "collector/cupti/host_profiler.hpp"
#include "collector/cupti/planner.hpp"
#include "collector/worker/fixture_check.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using cupti::Fixture;

namespace {

const std::filesystem::path root = RIDGE_SOURCE_DIR "/tests/data/fixtures";

}  // namespace

TEST_CASE("every fixture evaluates without a GPU to the values of the spot where it was recorded") {
    for (const auto& folder : cupti::fixturesIn(root)) {
        const Fixture fixture = cupti::readFixture(folder);
        const cupti::HostProfiler host(cupti::library().api, fixture.chip, fixture.availability);
        const std::vector<double> values = host.evaluate(fixture.counterData, 0, fixture.metrics);
        REQUIRE(values.size() == fixture.values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            INFO(folder.string() << ": " << fixture.metrics[i] << " recorded by CUPTI " << fixture.cupti);
            if (std::isnan(fixture.values[i])) {
                CHECK(std::isnan(values[i]));
            } else {
                CHECK_THAT(values[i], WithinRel(fixture.values[i], 1e-12));
            }
        }
    }
}

TEST_CASE("every fixture evaluates without a GPU to what arithmetic says of its kernel") {
    for (const auto& folder : cupti::fixturesIn(root)) {
        const Fixture fixture = cupti::readFixture(folder);
        const auto& api = cupti::library().api;
        const cupti::HostProfiler host(api, fixture.chip, fixture.availability);
        const auto resolution =
            cupti::resolveOn(api, fixture.chip, metrics::loadSet(fixture.metricSet), fixture.availability);
        const auto verdict =
            worker::judgeFixture(fixture, resolution, host.evaluate(fixture.counterData, 0, fixture.metrics));
        INFO(folder.string() << " recorded by CUPTI " << fixture.cupti << ": " << verdict.text);
        CHECK(verdict.ok);
    }
}

TEST_CASE("the recorded device takes no more passes than its chip was planned for") {
    for (const auto& folder : cupti::fixturesIn(root)) {
        const Fixture fixture = cupti::readFixture(folder);
        INFO(folder.string() << " recorded by CUPTI " << fixture.cupti);
        const auto& api = cupti::library().api;
        const auto plan = cupti::planCollection(api, fixture.chip, fixture.metrics);
        const auto there = cupti::planCollection(api, fixture.chip, fixture.metrics, fixture.availability);
        CHECK(there.refused.empty());
        CHECK(there.passes == plan.passes);
        CHECK(static_cast<std::size_t>(fixture.passes) == plan.passes);
    }
}
