// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/nvtx_ranges.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace ridge::inject;

TEST_CASE("domains keep their own levels and pop their own ranges") {
    ThreadRanges ranges;
    CHECK(ranges.push("", "a", 1) == 0);
    CHECK(ranges.push("app", "x", 2) == 0);
    CHECK(ranges.push("", "b", 3) == 1);
    CHECK(ranges.push("app", "y", 4) == 1);
    REQUIRE(ranges.latest("") != nullptr);
    CHECK(ranges.latest("")->name == "b");
    CHECK(ranges.pop("") == 1);
    CHECK(ranges.latest("")->key == 1);
    CHECK(ranges.pop("") == 0);
    CHECK(!ranges.pop(""));
    CHECK(ranges.latest("") == nullptr);
    REQUIRE(ranges.stack().size() == 2);
    CHECK(ranges.stack()[0].name == "x");
    CHECK(ranges.stack()[1].name == "y");
    CHECK(ranges.pop("app") == 1);
    CHECK(!ranges.pop("other"));
}

TEST_CASE("a range takes the place of one that was closed, whole") {
    ThreadRanges ranges;
    ranges.push("app", "a name that is too long to be kept in place", 1);
    ranges.pop("app");
    ranges.push("", "b", 2);
    REQUIRE(ranges.stack().size() == 1);
    CHECK(ranges.stack()[0].domain.empty());
    CHECK(ranges.stack()[0].name == "b");
    CHECK(ranges.stack()[0].key == 2);
}

TEST_CASE("every push and pop makes a version that was not there before") {
    ThreadRanges ranges;
    std::set<std::uint64_t> versions{ranges.version()};
    ranges.push("", "a", 1);
    CHECK(versions.insert(ranges.version()).second);
    ranges.pop("");
    CHECK(versions.insert(ranges.version()).second);
    ranges.pop("");
    ranges.push("", "a", 2);
    CHECK(versions.insert(ranges.version()).second);
}

TEST_CASE("started ranges end in any order") {
    StartedRanges ranges;
    ranges.start(7, {"", "a", 7});
    ranges.start(9, {"app", "b", 9});
    CHECK(ranges.open().size() == 2);
    CHECK(ranges.end(7)->name == "a");
    CHECK(!ranges.end(7));
    CHECK(ranges.open().at(0).domain == "app");
}

TEST_CASE("open ranges are told in one line") {
    const std::vector<NvtxRange> stack{{"", "step", 0}, {"app", "layer", 0}};
    const std::vector<NvtxRange> started{{"", "epoch", 0}};
    CHECK(nvtxText({}, {}).empty());
    CHECK(nvtxText(stack, {}) == "step/app@layer");
    CHECK(nvtxText(stack, started) == "step/app@layer, epoch");
}
