// SPDX-License-Identifier: Apache-2.0
// Ranges without tensor FLOPs: what the tensor pipe says of them, and those nothing can be asked of any more.
#include <string>
#include <vector>

#include "collector/inject/range_recorder.hpp"
#include "tests/collector/inject/range_process.hpp"
#include "tests/collector/inject/roofline_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

inject::Options rooflineRanges() {
    inject::Options options = test::rangeOptions();
    options.metricSet = "roofline";
    return options;
}

/// The pipe's counter takes an occurrence of its own after the seven passes of the set.
struct Fixture : test::RangeProcess {
    explicit Fixture(const inject::Options& options = rooflineRanges()) : RangeProcess(options) {
        test::makeTensorChip(cupti);
        test::doWork(cupti, {{"dram__bytes_read.sum", 64}});
    }
    void occurrences(int count) {
        for (int i = 0; i < count; ++i) occurrence({"a"});
    }
};

/// A row of the set's passes, with bytes and without FLOPs.
void checkUnproven(const db::Point& point) {
    CHECK(point.status == db::Status::ok);
    CHECK(point.passes == 7);
    CHECK(point.dramBytes == 64.0);
    CHECK_FALSE(point.flopsExecuted.has_value());
    CHECK_THAT(point.statusReason, ContainsSubstring("tensor pipe"));
}

}  // namespace

TEST_CASE(
    "a range whose tensor FLOPs may be silently zero keeps its bytes, and has no FLOPs and the reason") {
    for (const double cores : {0.0, 8.0}) {
        INFO(cores);
        Fixture process;
        process.cupti.metricsPerPass = 100;  // the pipe's counter is free
        test::doWork(process.cupti,
                     {{test::tensorPipe, 16}, {test::ffmaCounter, cores}, {"dram__bytes_read.sum", 64}});
        process.occurrence({"a"});
        REQUIRE(process.points().size() == 1);
        CHECK(process.points()[0].status == db::Status::ok);
        CHECK(process.points()[0].dramBytes == 64.0);
        CHECK_FALSE(process.points()[0].flopsExecuted.has_value());
        CHECK_THAT(process.points()[0].statusReason,
                   ContainsSubstring("FLOPs, but " + test::tensorPipe + " is 16"));
    }
}

TEST_CASE("a range that fails for certain is failed by the tensor pipe's counter") {
    inject::Options options = rooflineRanges();
    options.metricSet = "all";  // leaves no tensor operation out
    Fixture process(options);
    process.cupti.metricsPerPass = 100;
    test::doWork(process.cupti, {{test::tensorPipe, 16}});
    process.occurrence({"a"});
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK_THAT(process.points()[0].statusReason, ContainsSubstring(test::tensorPipe + " is 16"));
}

TEST_CASE("a range that counted no tensor FLOPs looks at the tensor pipe in one occurrence more") {
    for (const double cores : {0.0, 8.0}) {
        INFO(cores);
        Fixture process;
        test::doWork(process.cupti, {{test::ffmaCounter, cores}, {"dram__bytes_read.sum", 64}});
        process.occurrences(7);
        REQUIRE(process.points().size() == 1);
        checkUnproven(process.points()[0]);
        CHECK_FALSE(process.isLatestWhole());
        process.occurrences(1);
        REQUIRE(process.points().size() == 1);
        CHECK(process.isLatestWhole());
        CHECK(process.points()[0].statusReason.empty());
        CHECK(process.points()[0].flopsExecuted == 2 * cores);
        CHECK(process.points()[0].passes == 8);

        test::doWork(process.cupti, {{test::tensorPipe, 16}, {test::ffmaCounter, cores}});
        process.occurrences(8);
        REQUIRE(process.points().size() == 2);
        CHECK_FALSE(process.points()[1].flopsExecuted.has_value());
        CHECK_THAT(process.points()[1].statusReason, ContainsSubstring(test::tensorPipe + " is 16"));

        test::doWork(process.cupti, {{test::bf16Counter, 4096}, {test::tensorPipe, 16}});
        process.occurrences(7);
        REQUIRE(process.points().size() == 3);
        CHECK(process.points()[2].flopsExecuted == 4096.0);
        CHECK(process.cupti.broken.empty());
    }
}

TEST_CASE("a range that ends before its tensor pipe was looked at has its bytes and no FLOPs") {
    Fixture process;
    process.occurrences(7);
    static_cast<void>(process.recorder.finish());
    REQUIRE(process.points().size() == 1);
    checkUnproven(process.points()[0]);
}

TEST_CASE("an occurrence more of other kernels leaves the row as it is, its FLOPs unknown") {
    Fixture process;
    process.occurrences(7);
    process.occurrence({"b"});
    const auto records = process.rows();
    REQUIRE(records.size() == 1);
    CHECK(process.isLatestWhole());
    checkUnproven(records[0].record.point);
    REQUIRE(records[0].record.kernels.size() == 1);
    CHECK(records[0].record.kernels[0].name == "a");
    CHECK_FALSE(records[0].launch.has_value());
    process.occurrences(8);
    REQUIRE(process.points().size() == 2);
    CHECK(process.points()[1].flopsExecuted == 0.0);
    CHECK(process.points()[1].passes == 8);
}

TEST_CASE("the last occurrence of --count sends its row at once") {
    inject::Options options = rooflineRanges();
    options.count = 7;
    Fixture process(options);
    process.occurrences(7);
    REQUIRE(process.points().size() == 1);
    checkUnproven(process.points()[0]);
    static_cast<void>(process.recorder.finish());
    CHECK(process.points().size() == 1);
}

TEST_CASE("a row that waits for its tensor pipe stands when measuring is given up") {
    Fixture process;
    process.occurrences(7);
    process.cupti.failing["Stop"] = CUPTI_ERROR_UNKNOWN;
    process.occurrences(3);
    CHECK(process.all<inject::Refusal>().size() == 1);
    REQUIRE(process.points().size() == 1);
    checkUnproven(process.points()[0]);
}

TEST_CASE("everything that a range may need is planned before its first occurrence") {
    Fixture process;
    process.occurrences(1);
    const std::size_t planned = process.cupti.count("GetConfigImage");
    process.occurrences(7);
    CHECK(process.points().at(0).passes == 8);
    CHECK(process.cupti.count("GetConfigImage") == planned);
}

TEST_CASE("values of one round are in no other row") {
    Fixture process;
    process.occurrences(6);
    process.occurrence({"b"});
    test::doWork(process.cupti, {{"dram__bytes_read.sum", 128}, {test::ffmaCounter, 8}});
    process.occurrences(8);
    REQUIRE(process.points().size() == 2);
    CHECK(process.points()[0].passes == 6);
    CHECK(process.points()[0].dramBytes == 64.0);
    CHECK_FALSE(process.points()[0].flopsExecuted.has_value());
    CHECK(process.points()[1].dramBytes == 128.0);
    CHECK(process.points()[1].flopsExecuted == 16.0);
    CHECK(process.points()[1].passes == 8);
}
