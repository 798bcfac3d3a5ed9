// SPDX-License-Identifier: Apache-2.0
// Launches of a kernel that was launched before, and launches whose counters contradict one another.
#include <algorithm>
#include <string>
#include <vector>

#include "collector/inject/kernel_recorder.hpp"
#include "tests/collector/inject/graph_process.hpp"
#include "tests/collector/inject/roofline_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::doWork;
using test::FakeCupti;

namespace {

struct Fixture : test::RecordedProcess {
    explicit Fixture(const inject::Options& options = test::rooflineOptions()) : RecordedProcess(options) {
        test::makeTensorChip(cupti);
    }
    void launch(const std::string& name, const inject::LaunchShape& shape = {},
                const void* function = nullptr) {
        recorder.launching({cupti.current, nullptr, function, name.c_str(), shape});
        recorder.launched(CUDA_SUCCESS);
    }
    [[nodiscard]] db::Record last() const { return all<inject::MeasuredRecord>().back().record; }
};

void multiply(FakeCupti& cupti) {
    doWork(cupti, {{test::bf16Counter, 4096}, {test::ffmaCounter, 8}, {test::tensorPipe, 16}});
}
void add(FakeCupti& cupti) {
    doWork(cupti, {{test::ffmaCounter, 8}});
}
void multiplySilently(FakeCupti& cupti) {
    doWork(cupti, {{test::ffmaCounter, 8}, {test::tensorPipe, 16}});
}

bool isUnproven(const db::Point& point) {
    return point.flags.find("unproven_flops") != std::string::npos;
}

}  // namespace

TEST_CASE("the launches after the first leave out what was zero, in fewer passes, and say so") {
    Fixture process;
    multiply(process.cupti);
    process.launch("gemm");
    CHECK(process.last().point.flopsExecuted == 4112.0);
    CHECK(process.last().point.passes == 7);
    const std::size_t images = process.cupti.count("GetConfigImage");
    for (int i = 0; i < 3; ++i) {
        process.launch("gemm");
        const db::Record record = process.last();
        CHECK(record.point.flopsExecuted == 4112.0);
        CHECK(record.point.computePath == "tensor_bf16");
        CHECK(record.point.passes == 6);
        CHECK(record.point.statusReason.empty());
        CHECK(record.metrics.at("zero_by_earlier_measurement:" + test::fp64Counter) == 0);
        CHECK_FALSE(record.metrics.contains(test::fp64Counter));
    }
    CHECK(process.cupti.count("Enable") == 1);
    CHECK(process.cupti.count("SetConfig") == 2);
    const std::size_t planned = process.cupti.count("GetConfigImage");
    CHECK(planned > images);
    process.launch("gemm");
    CHECK(process.cupti.count("GetConfigImage") == planned);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("another grid, block, shared memory, function or name is another kernel") {
    const int one = 1, two = 2;
    Fixture process;
    multiply(process.cupti);
    process.launch("gemm", {{4, 1, 1}, {128, 1, 1}, 1024}, &one);
    CHECK(process.last().point.passes == 7);
    process.launch("gemm", {{8, 1, 1}, {128, 1, 1}, 1024}, &one);
    CHECK(process.last().point.passes == 7);
    process.launch("gemm", {{4, 1, 1}, {256, 1, 1}, 1024}, &one);
    CHECK(process.last().point.passes == 7);
    process.launch("gemm", {{4, 1, 1}, {128, 1, 1}, 2048}, &one);
    CHECK(process.last().point.passes == 7);
    process.launch("gemm", {{4, 1, 1}, {128, 1, 1}, 1024}, &two);
    CHECK(process.last().point.passes == 7);
    process.launch("mmeg", {{4, 1, 1}, {128, 1, 1}, 1024}, &one);
    CHECK(process.last().point.passes == 7);
    process.launch("gemm", {{4, 1, 1}, {128, 1, 1}, 1024}, &one);
    CHECK(process.last().point.passes == 6);
}

TEST_CASE("after a module or a context has gone a kernel is another, whatever its handle and name") {
    Fixture process;
    multiply(process.cupti);
    process.launch("gemm");
    process.launch("gemm");
    CHECK(process.last().point.passes == 6);
    process.recorder.moduleUnloaded();
    process.launch("gemm");
    CHECK(process.last().point.passes == 7);
    process.launch("gemm");
    CHECK(process.last().point.passes == 6);
    process.recorder.contextDestroyed(FakeCupti::primary());
    process.launch("gemm");
    CHECK(process.last().point.passes == 7);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("a launch that contradicts the first has no FLOPs, says why, and is followed by whole ones") {
    Fixture process;
    multiply(process.cupti);
    process.launch("k");
    doWork(process.cupti, {{test::fp64Counter, 64}, {test::ffmaCounter, 8}, {test::tensorPipe, 16}});
    process.launch("k");
    const db::Point contradicted = process.last().point;
    CHECK(contradicted.status == db::Status::ok);
    CHECK_FALSE(contradicted.flopsExecuted.has_value());
    CHECK(contradicted.dramBytes.has_value());
    CHECK(contradicted.passes == 6);
    CHECK_THAT(contradicted.statusReason, ContainsSubstring("executed FLOPs unknown: "));
    CHECK(process.points().front().flopsExecuted == 4112.0);  // it counted what it did
    process.launch("k");
    CHECK(process.last().point.flopsExecuted == 80.0);
    CHECK(process.last().point.passes == 7);
    CHECK(process.last().point.statusReason.empty());
}

TEST_CASE("a kernel whose tensor pipe ran beside leaves of zero fails by the counter's name") {
    Fixture process;
    multiplySilently(process.cupti);
    for (int i = 0; i < 8; ++i) process.launch("gemm");
    const auto points = process.points();
    REQUIRE(points.size() == 8);
    CHECK_FALSE(points[1].flopsExecuted.has_value());
    CHECK_THAT(points[1].statusReason, ContainsSubstring(test::tensorPipe));
    CHECK(points[0].status == db::Status::ok);
    CHECK_FALSE(points[0].flopsExecuted.has_value());
    CHECK(points[0].dramBytes.has_value());
    CHECK(points[0].computePath.empty());
    CHECK_THAT(points[0].statusReason, ContainsSubstring("the tensor pipe worked at a later launch"));
    const db::Record amended = process.rows().front().record;
    for (const db::ComputedValue& computed : amended.computed) CHECK(computed.name != "tensor_bf16");
    for (std::size_t i = 2; i < points.size(); ++i) {
        CHECK(points[i].status == db::Status::failed);
        CHECK_THAT(points[i].statusReason,
                   ContainsSubstring("0 tensor FLOPs, but " + test::tensorPipe + " is 16"));
        CHECK_FALSE(points[i].flopsExecuted.has_value());
    }
    CHECK(process.all<inject::Refusal>().empty());  // CUPTI did as it was told
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("where the pipe's counter is free the first launch fails at once, if nothing at all was counted") {
    Fixture process;
    process.cupti.metricsPerPass = 100;
    doWork(process.cupti, {{test::tensorPipe, 16}});
    process.launch("gemm");
    CHECK(process.last().point.status == db::Status::failed);
    CHECK_THAT(process.last().point.statusReason,
               ContainsSubstring("0 FLOPs, but " + test::tensorPipe + " is 16"));
}

TEST_CASE("integer work under a set that does not count it is found out and then believed") {
    Fixture process;
    doWork(process.cupti, {{test::ffmaCounter, 8}, {test::int8Counter, 512}, {test::tensorPipe, 16}});
    for (int i = 0; i < 4; ++i) process.launch("quantized");
    const auto points = process.points();
    CHECK(points[0].flopsExecuted == 16.0);  // taken back at the second launch, and given again at the third
    CHECK((points[0].statusReason.empty() && !isUnproven(points[0])));
    CHECK_FALSE(points[1].flopsExecuted.has_value());
    CHECK(points[2].flopsExecuted == 16.0);
    CHECK(points[3].flopsExecuted == 16.0);
    CHECK(points[3].passes == 7);
}

TEST_CASE("a row without tensor FLOPs says that nobody looked at the pipe, until a later launch has") {
    Fixture process;
    add(process.cupti);
    process.launch("once");
    CHECK(process.last().point.flopsExecuted == 16.0);
    CHECK(isUnproven(process.last().point));
    process.launch("twice");
    process.launch("twice");
    CHECK_FALSE(isUnproven(process.last().point));
    const auto points = process.points();
    REQUIRE(points.size() == 3);
    CHECK(isUnproven(points[0]));
    CHECK_FALSE(isUnproven(points[1]));
    CHECK(points[1].flopsExecuted == 16.0);
    CHECK(process.all<inject::MeasuredRecord>().size() == 4);
    process.launch("twice");
    CHECK(process.all<inject::MeasuredRecord>().size() == 5);  // that is settled
    multiply(process.cupti);
    process.launch("gemm");
    CHECK_FALSE(isUnproven(process.last().point));
    CHECK_FALSE(process.all<inject::MeasuredRecord>().back().revision.has_value());
}

TEST_CASE("a row that was amended keeps the time and the place it was sent with") {
    Fixture process;
    add(process.cupti);
    process.launch("add");
    const auto before = process.rows().front();
    process.launch("add");
    const auto after = process.rows().front();
    REQUIRE((before.launch && after.launch));
    CHECK(after.launch->ordinal == 0);
    CHECK(after.during->beginNs == before.during->beginNs);
    CHECK(after.revision->isLast);
    CHECK_FALSE(before.revision->isLast);
}

TEST_CASE("a configuration that is not taken over an earlier one is given to a fresh profiler") {
    Fixture process;
    multiply(process.cupti);
    process.launch("gemm");
    process.cupti.fault = test::Fault{"SetConfig", 2, CUPTI_ERROR_INVALID_OPERATION};
    process.launch("gemm");
    CHECK(process.last().point.flopsExecuted == 4112.0);
    CHECK(process.cupti.count("Enable") == 2);
    CHECK(process.cupti.count("Disable") == 1);
    CHECK(process.cupti.broken.empty());
    CHECK(process.all<inject::Refusal>().empty());
}

TEST_CASE("kernels of a graph that are measured one by one are known again, a whole graph is not") {
    inject::Options options = test::rooflineOptions();
    options.graph = inject::Graph::node;
    for (const bool whole : {false, true}) {
        options.graph = whole ? inject::Graph::whole : inject::Graph::node;
        test::GraphProcess process(options);
        test::makeTensorChip(process.cupti);
        add(process.cupti);
        test::FakeExecutable& executable = process.simple();
        process.launch(executable);
        process.launch(executable);
        const auto points = process.points();
        REQUIRE(points.size() == (whole ? 2 : 4));
        CHECK(points.front().passes == 7);
        CHECK(points.back().passes == (whole ? 7 : 6));
        CHECK(points.back().flopsExecuted == 16.0);
        CHECK(isUnproven(points.front()) == whole);  // nobody will look
        CHECK(process.cupti.broken.empty());
    }
}

TEST_CASE("a silently zero count fails the rows of a graph too") {
    for (const auto graph : {inject::Graph::node, inject::Graph::whole}) {
        inject::Options options = test::rooflineOptions();
        options.graph = graph;
        test::GraphProcess process(options);
        test::makeTensorChip(process.cupti);
        process.cupti.metricsPerPass = 100;
        doWork(process.cupti, {{test::tensorPipe, 16}});
        process.launch(process.simple());
        REQUIRE_FALSE(process.points().empty());
        for (const db::Point& point : process.points()) {
            CHECK(point.status == db::Status::failed);
            CHECK_THAT(point.statusReason, ContainsSubstring(test::tensorPipe));
        }
    }
}
