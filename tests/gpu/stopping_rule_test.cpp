// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/stopping_rule.hpp"

#include "tests/support/catch.hpp"

using ridge::plan::Repetition;
using ridge::worker::StoppingRule;

namespace {

/// Samples `timeNs(i)` at `stepS` each until the rule stops; how many it took.
template <class Time>
std::size_t run(StoppingRule& rule, double stepS, Time timeNs) {
    for (int i = 1;; ++i) {
        if (rule.add(timeNs(i), stepS * i)) return rule.samples().size();
    }
}

}  // namespace

TEST_CASE("steady times stop at the fewest samples that are allowed") {
    StoppingRule rule(Repetition{10, 0, 15, 0.005});
    CHECK(run(rule, 0.001, [](int) { return 100.0; }) == 10);
    CHECK(rule.outcome() == "10 samples, spread 0.0 %");
}

TEST_CASE("the least measuring time holds also when the times are steady") {
    StoppingRule rule(Repetition{10, 0.5, 15, 0.005});
    const std::size_t samples = run(rule, 0.01, [](int) { return 100.0; });
    CHECK(samples >= 50);
    CHECK(samples <= 54);
}

TEST_CASE("noise of a few percent settles once its median does") {
    StoppingRule rule(Repetition{10, 0, 15, 0.005});
    const std::size_t samples =
        run(rule, 0.001, [](int i) { return 100.0 + 4.0 * ((i * 37) % 101) / 101.0; });
    CHECK(samples > 20);
    CHECK(samples < 400);
    CHECK_THAT(rule.outcome(), ContainsSubstring("samples, stabilised to 0."));
}

TEST_CASE("a few outliers do not keep steady times from ending") {
    StoppingRule rule(Repetition{10, 0, 15, 0.005});
    CHECK(run(rule, 0.001, [](int i) { return i % 9 == 0 ? 300.0 : 100.0 + 0.04 * i; }) == 10);
    CHECK(rule.outcome() == "10 samples, spread 0.2 %");
}

TEST_CASE("too few samples for an interval have no spread either") {
    StoppingRule rule(Repetition{2, 0, 15, 0.005});
    CHECK(run(rule, 0.001, [](int) { return 100.0; }) == 6);
}

TEST_CASE("times that drift do not count as settled") {
    StoppingRule rule(Repetition{10, 0, 15, 0.005});
    CHECK(run(rule, 0.5, [](int i) { return 100.0 + 2.0 * i; }) == 30);
    CHECK_THAT(rule.outcome(), ContainsSubstring("after 15 s, not stable"));
}

TEST_CASE("times that do not settle end at the time limit, and the text says so") {
    StoppingRule rule(Repetition{10, 0.5, 2, 0.005});
    CHECK(run(rule, 0.1, [](int i) { return i % 2 == 0 ? 100.0 : 200.0; }) == 20);
    CHECK_THAT(rule.outcome(), ContainsSubstring("20 samples, after 2 s, not stable: spread "));
}

TEST_CASE("a repetition longer than the limit is still one sample") {
    StoppingRule rule(Repetition{10, 0.5, 2, 0.005});
    CHECK(run(rule, 3, [](int) { return 3e9; }) == 1);
    CHECK(rule.outcome() == "1 samples, after 2 s, spread unknown");
}

TEST_CASE("no point keeps more than ten thousand samples, but for the least measuring time") {
    const auto restless = [](int i) { return i % 2 == 0 ? 100.0 : 200.0; };
    StoppingRule longer(Repetition{10, 0.5, 600, 0.005});
    CHECK(run(longer, 0.00001, restless) == 50'000);
    StoppingRule rule(Repetition{10, 0.05, 600, 0.005});
    CHECK(run(rule, 0.00001, restless) == 10'000);
    CHECK_THAT(rule.outcome(), ContainsSubstring("the most that are kept"));
}

TEST_CASE("noise of a third of the median settles before the most samples that are kept") {
    StoppingRule rule(Repetition{10, 0.5, 15, 0.005});
    const std::size_t samples =
        run(rule, 0.001, [](int i) { return 100.0 + 66.0 * ((i * 37) % 101) / 101.0; });
    CHECK(samples > 1000);
    CHECK(samples < 10'000);
    CHECK_THAT(rule.outcome(), ContainsSubstring("stabilised to 0.5 %"));
}
