// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/range_rotation.hpp"

#include "tests/support/catch.hpp"

using ridge::inject::RangeRotation;

TEST_CASE("occurrences of a name go through the passes in turn") {
    RangeRotation rotation(3);
    for (int round = 0; round < 2; ++round) {
        for (int pass = 0; pass < 3; ++pass) {
            CHECK(rotation.pass("a") == pass);
            CHECK(rotation.collected("a") == (pass == 2));
        }
    }
    CHECK(rotation.incomplete().empty());
}

TEST_CASE("names rotate on their own") {
    RangeRotation rotation(2);
    CHECK(!rotation.collected("a"));
    CHECK(rotation.pass("b") == 0);
    CHECK(!rotation.collected("b"));
    CHECK(rotation.collected("a"));
    REQUIRE(rotation.incomplete().size() == 1);
    CHECK(rotation.incomplete()[0].name == "b");
    CHECK(rotation.incomplete()[0].seen == 1);
    CHECK_THAT(rotation.incomplete()[0].reason, ContainsSubstring("takes 2 passes") &&
                                                    ContainsSubstring("occurred 1 times") &&
                                                    ContainsSubstring("--count"));
}

TEST_CASE("a lost pass is collected again") {
    RangeRotation rotation(2);
    rotation.lost("a");
    CHECK(rotation.pass("a") == 0);
    CHECK(!rotation.collected("a"));
    rotation.lost("a");
    CHECK(rotation.pass("a") == 1);
    CHECK_THAT(rotation.incomplete().at(0).reason, ContainsSubstring("occurred 3 times (2 lost)"));
    CHECK(rotation.collected("a"));
}

TEST_CASE("one pass makes every occurrence a point") {
    RangeRotation rotation(1);
    CHECK(rotation.collected("a"));
    CHECK(rotation.collected("a"));
    CHECK(rotation.pass("a") == 0);
}
