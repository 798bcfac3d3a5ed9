// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/ceiling_outcome.hpp"

#include <vector>

#include "db/model/error.hpp"
#include "tests/cli/sheet_ceiling.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using supervisor::CeilingOutcome;
using supervisor::judged;
using test::sheetCeiling;
using State = CeilingOutcome::State;

namespace {

const std::vector<db::Ceiling> sheet{sheetCeiling("memory", "dram", 1e12, "byte/s"),
                                     sheetCeiling("compute", "fp32", 1e13, "flop/s", 1e9)};

CeilingOutcome outcomeOf(const db::Ceiling& measured) {
    return judged(measured.name, {measured, {}, "throttled"}, sheet);
}

}  // namespace

TEST_CASE("a ceiling within theory is measured, and keeps what it is held against and its flags") {
    const CeilingOutcome outcome = outcomeOf(sheetCeiling("memory", "dram_copy", 9e11, "byte/s"));
    CHECK(outcome.state == State::measured);
    CHECK(outcome.name == "dram_copy");
    CHECK(outcome.datasheet == 1e12);
    CHECK(outcome.ceiling.value().value == 9e11);
    CHECK(outcome.flags == "throttled");
    CHECK(outcome.reason.empty());
}

TEST_CASE("a ceiling above theory is no roof, and the reason says at which clock") {
    const CeilingOutcome memory = outcomeOf(sheetCeiling("memory", "dram_copy", 1.2e12, "byte/s", 2e9));
    CHECK(memory.state == State::aboveTheory);
    CHECK_THAT(memory.reason, ContainsSubstring("1.2e+12 byte/s is above what theory allows at any clock"));
    // Twice the data sheet's clock allows twice its FLOPs, and no more.
    CHECK(outcomeOf(sheetCeiling("compute", "fp32", 1.9e13, "flop/s", 2e9)).state == State::measured);
    const CeilingOutcome compute = outcomeOf(sheetCeiling("compute", "fp32", 2.5e13, "flop/s", 2e9));
    CHECK(compute.state == State::aboveTheory);
    CHECK_THAT(compute.reason, ContainsSubstring("at 2000 MHz"));
}

TEST_CASE("without a data sheet's value there is nothing to hold a ceiling against") {
    const CeilingOutcome outcome = outcomeOf(sheetCeiling("compute", "tensor_bf16", 1e20, "flop/s", 1e9));
    CHECK(outcome.state == State::measured);
    CHECK_FALSE(outcome.datasheet);
}

TEST_CASE("a device may lack a ceiling, which is no failure, and says why") {
    const CeilingOutcome outcome = judged("tensor_fp8", {std::nullopt, "no fp8 before 8.9", {}}, sheet);
    CHECK(outcome.state == State::absent);
    CHECK(outcome.name == "tensor_fp8");
    CHECK(outcome.reason == "no fp8 before 8.9");
    CHECK_FALSE(outcome.ceiling);
}

TEST_CASE("a reply about another ceiling is refused") {
    CHECK_THROWS_WITH(judged("dram_read", {sheetCeiling("memory", "dram_copy", 1, "byte/s"), {}, {}}, sheet),
                      ContainsSubstring("answered another question"));
}

TEST_CASE("every state has a word of its own") {
    CHECK(std::string(toText(State::measured)) == "measured");
    CHECK(std::string(toText(State::absent)) == "absent");
    CHECK(std::string(toText(State::failed)) == "failed");
    CHECK(std::string(toText(State::aboveTheory)) == "above_theory");
}
