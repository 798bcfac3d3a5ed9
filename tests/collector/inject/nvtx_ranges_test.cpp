// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/nvtx_ranges.hpp"

#include "tests/support/catch.hpp"

using namespace ridge::inject;

TEST_CASE("domains keep their own levels and pop their own ranges") {
    ThreadRanges ranges;
    CHECK(ranges.push({"", "a", 1}) == 0);
    CHECK(ranges.push({"app", "x", 2}) == 0);
    CHECK(ranges.push({"", "b", 3}) == 1);
    CHECK(ranges.push({"app", "y", 4}) == 1);
    CHECK(ranges.pop("")->name == "b");
    CHECK(ranges.pop("")->key == 1);
    CHECK(!ranges.pop(""));
    CHECK(ranges.stack().size() == 2);
    CHECK(ranges.pop("app")->name == "y");
    CHECK(!ranges.pop("other"));
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
