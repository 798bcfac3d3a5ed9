// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/asked_point.hpp"

#include "tests/support/catch.hpp"

using namespace ridge;
using supervisor::answers;
using supervisor::workOf;

namespace {

plan::PlannedPoint planned(const std::string& op, std::optional<std::size_t> parent, std::int64_t repeats) {
    plan::PlannedPoint point;
    point.point.op = op;
    point.parent = parent;
    point.repeats = repeats;
    return point;
}

db::Point gemm() {
    db::Point point;
    point.op = "up";
    point.phase = "ar";
    point.implementation = "cublas";
    point.batch = 8;
    point.seq = 128;
    point.m = 8;
    point.n = 13824;
    point.k = 5120;
    return point;
}

db::Point measured() {
    db::Point point = gemm();
    point.id = 7;
    point.parentId = 3;
    point.plan = "measured";
    point.timeNs = 5;
    point.dramBytes = 1e6;
    point.computePath = "tensor_bf16";
    return point;
}

}  // namespace

TEST_CASE("a parent is asked for with the children it executes, and theirs, as often as it does") {
    const std::vector<plan::PlannedPoint> points{planned("step", {}, 1), planned("layer", 0, 36),
                                                 planned("up", 1, 1), planned("lm_head", 0, 1),
                                                 planned("gemm", {}, 1)};
    const protocol::Work step = workOf(points, 0);
    REQUIRE(step.children.size() == 2);
    CHECK(step.children[0].point.op == "layer");
    CHECK(step.children[0].repeats == 36);
    REQUIRE(step.children[0].children.size() == 1);
    CHECK(step.children[0].children[0].point.op == "up");
    CHECK(step.children[1].point.op == "lm_head");
    CHECK(workOf(points, 4).children.empty());
}

TEST_CASE("a row that shares a measurement has its numbers, under its own names") {
    db::Point asked = gemm();
    asked.op = "gate";
    asked.plan = "llama-13b";
    asked.series = "up/gate/down ar";
    asked.params = R"({"a":1})";
    asked.metricSet = "bytes";
    asked.cache = "cold";
    asked.flopsUseful = 9;
    const db::Point row = supervisor::shared(asked, measured());
    CHECK(row.op == "gate");
    CHECK(row.plan == "llama-13b");
    CHECK(row.series == "up/gate/down ar");
    CHECK(row.params == R"({"a":1})");
    CHECK(row.metricSet == "bytes");
    CHECK(row.cache == "cold");
    CHECK(row.flopsUseful == 9.0);
    CHECK(row.timeNs == 5.0);
    CHECK(row.dramBytes == 1e6);
    CHECK(row.measuredAs == 7);
    CHECK_FALSE(row.id);
    CHECK_FALSE(row.parentId);
}

TEST_CASE("the path that was counted stays, the planned one fills its place") {
    db::Point asked = gemm();
    asked.computePath = "tensor_fp16";
    db::Point source = measured();
    CHECK(supervisor::shared(asked, source).computePath == "tensor_bf16");
    source.computePath.clear();
    CHECK(supervisor::shared(asked, source).computePath == "tensor_fp16");
}

TEST_CASE("flags of the plan and of the measurement are joined, each once") {
    const auto joined = [](const char* plannedFlags, const char* measuredFlags) {
        db::Point asked = gemm();
        asked.flags = plannedFlags;
        db::Point source = measured();
        source.flags = measuredFlags;
        return supervisor::shared(asked, source).flags;
    };
    CHECK(joined("assumed_acceptance", "multi_pass") == "multi_pass,assumed_acceptance");
    CHECK(joined("padded,multi_pass", "multi_pass") == "multi_pass,padded");
    CHECK(joined("pad", "padded") == "padded,pad");
    CHECK(joined("", "padded") == "padded");
    CHECK(joined("padded", "") == "padded");
    CHECK(joined("", "").empty());
}

TEST_CASE("an answer is to a question when its shape and its implementation are") {
    CHECK(answers(gemm(), measured()));
    const auto differs = [](auto change) {
        db::Point got = measured();
        change(got);
        return !answers(gemm(), got);
    };
    CHECK(differs([](db::Point& got) { got.op = "gate"; }));
    CHECK(differs([](db::Point& got) { got.phase = "init"; }));
    CHECK(differs([](db::Point& got) { got.implementation = "fixed-tile"; }));
    CHECK(differs([](db::Point& got) { got.batch = 9; }));
    CHECK(differs([](db::Point& got) { got.seq.reset(); }));
    CHECK(differs([](db::Point& got) { got.m = 9; }));
    CHECK(differs([](db::Point& got) { got.n = 9; }));
    CHECK(differs([](db::Point& got) { got.k = 9; }));
}
