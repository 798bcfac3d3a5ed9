// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/plan.hpp"

#include "db/catalog/share.hpp"
#include "tests/db/catalog/scratch.hpp"
#include "tests/support/catch.hpp"
#include "tests/workloads/rows.hpp"

using namespace ridge;
using test::Scratch;
using test::thrown;

namespace {

std::string errorOf(const std::string& planName, const std::string& assignment) {
    const Scratch scratch;
    plan::Plan plan = plan::load(planName);
    return thrown(scratch, [&] { plan::replaceAxis(plan, assignment); });
}

using Values = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("share holds the four published sweeps") {
    CHECK(catalog::names("plans") ==
          std::vector<std::string>{"batch-invariant", "gpt2-l", "llama-13b", "llama-33b-speculation"});
}

TEST_CASE("an unknown plan names the nearest") {
    const Scratch scratch;
    const std::string text = thrown(scratch, [] { (void)plan::load("llama13b"); });
    CHECK_THAT(text, ContainsSubstring("2 no plan 'llama13b'"));
    CHECK_THAT(text, ContainsSubstring("llama-13b"));
}

TEST_CASE("--set replaces an axis in every series that has it and keeps the plan's order") {
    plan::Plan plan = plan::load("llama-33b-speculation");
    plan::replaceAxis(plan, "batch=64,3,1");
    plan::replaceAxis(plan, "spec=112,16");
    CHECK(plan.series.front().axes == std::map<std::string, Values>{{"batch", {1, 64, 3}}});
    CHECK(plan.series.back().axes ==
          std::map<std::string, Values>{{"batch", {1, 64, 3}}, {"spec", {16, 112}}});
    const auto rows = plan::expand(plan);
    CHECK(rows.size() == std::size_t{3} * (3 + 6));
    CHECK(test::pointsOf(rows, "up/gate/down spec: 112", "up").size() == 3);
}

TEST_CASE("--set leaves series without the axis alone") {
    plan::Plan plan = plan::load("gpt2-l");
    plan::replaceAxis(plan, "seq=7");
    CHECK(plan.series.front().axes == std::map<std::string, Values>{{"batch", {1}}, {"seq", {7}}});
    plan::replaceAxis(plan, "spec=9");
    CHECK_FALSE(plan.series.front().axes.contains("spec"));
    CHECK(plan.series.back().axes.at("spec") == Values{9});
}

TEST_CASE("a bad --set says what is wrong and what to write") {
    CHECK(errorOf("llama-13b", "spec=3") ==
          "2 --set spec=3: plan 'llama-13b' has no axis 'spec' | its axes: batch, seq");
    CHECK(errorOf("llama-13b", "batch") ==
          "2 --set batch: there is no '=' | write AXIS=V1,V2, e.g. --set batch=1,8");
    CHECK(errorOf("llama-13b", "batch=1,1") ==
          "2 --set batch=1,1: 1 stands there twice | name every value once");
    plan::Plan largest = plan::load("llama-13b");
    CHECK_NOTHROW(plan::replaceAxis(largest, "batch=1073741824"));
    for (const std::string value :
         {"", "0", "-4", "1.5", "x", "3x", " 3", "1,", "1073741825", "99999999999999999999"}) {
        INFO(value);
        CHECK_THAT(errorOf("llama-13b", "batch=" + value),
                   ContainsSubstring("is not a whole number from 1 to 1073741824"));
    }
}
