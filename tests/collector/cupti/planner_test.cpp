// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/planner.hpp"

#include "collector/cupti/error.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;
using Names = std::vector<std::string>;

namespace {

cupti::CollectionPlan plan(const Names& metrics) {
    return cupti::planCollection(FakeCupti::api(), "GH100", metrics);
}

}  // namespace

TEST_CASE("each refusal costs one new host object, and none is left") {
    FakeCupti fake;
    fake.unknownMetrics = {"b", "c"};
    const cupti::CollectionPlan result = plan({"a", "b", "c", "d"});
    CHECK(result.metrics == Names{"a", "d"});
    CHECK(result.refused == Names{"b", "c"});
    CHECK(result.passes == fake.passes);
    CHECK(fake.count("HostInitialize") == 1 + 1 + 2 + 1);
    CHECK(fake.hosts == 0);
}

TEST_CASE("no metrics need no host object and no pass") {
    FakeCupti fake;
    CHECK(plan({}).passes == 0);
    CHECK(fake.calls.empty());
}

TEST_CASE("a CUPTI that refuses what it took before is an error that names the metrics") {
    for (const std::size_t again : {std::size_t{4}, std::size_t{5}}) {
        FakeCupti fake;
        fake.unknownMetrics = {"b"};
        // All at once, a, b; then a on a new object, or, one by one done, all that were taken.
        fake.fault = test::Fault{"AddMetrics", again, CUPTI_ERROR_INVALID_METRIC_NAME};
        try {
            static_cast<void>(plan({"a", "b"}));
            FAIL("no exception");
        } catch (const Error& error) {
            CHECK(error.code() == ExitCode::failed);
            CHECK(std::string(error.what()) == "CUPTI refuses metrics of GH100 that it took before: a");
            CHECK_THAT(error.hint(), ContainsSubstring("smaller metric set"));
        }
        CHECK(fake.hosts == 0);
    }
}

TEST_CASE("what says something of the machine is no refusal of a name") {
    FakeCupti fake;
    fake.failing["AddMetrics"] = CUPTI_ERROR_INSUFFICIENT_PRIVILEGES;
    CHECK_THROWS_AS(plan({"a"}), cupti::CuptiError);
    CHECK(fake.hosts == 0);
}
