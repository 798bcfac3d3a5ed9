// SPDX-License-Identifier: Apache-2.0
// Whole measurements on a device: times, cache modes, counters against closed forms, points that do not fit.
#include <algorithm>
#include <vector>

#include "collector/worker/measurement.hpp"
#include "db/analysis/statistics.hpp"
#include "db/model/error.hpp"
#include "tests/gpu/required_gpu.hpp"
#include "tests/support/catch.hpp"
#include "workloads/gemm/operand_kernels.hpp"

using namespace ridge;
using namespace ridge::worker;

namespace {

protocol::Work gemm(const std::string& implementation, std::int64_t m, std::int64_t n, std::int64_t k) {
    protocol::Work work;
    work.point.plan = "test";
    work.point.op = "gemm";
    work.point.implementation = implementation;
    work.point.dtype = "bf16";
    work.point.layout = "nn";
    work.point.m = m;
    work.point.n = n;
    work.point.k = k;
    work.point.flopsAlgorithmic =
        2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
    work.point.compulsoryBytes = 2.0 * static_cast<double>(m * k + k * n + m * n);
    return work;
}

protocol::Options optionsFor(const std::string& metricSet, const std::string& cache) {
    return {{10, 0.05, 2, 0.01}, metricSet, cache};
}

}  // namespace

TEST_CASE("keeping the GPU busy takes as long as asked", "[timing]") {
    workloads::GemmRunner runner;
    RangeTimer timer(runner, std::size_t{32} << 20);
    const double taken =
        timer.timeNs([&] { REQUIRE(workloads::occupy(1'000'000, runner.stream()) == cudaSuccess); }, 20'000);
    CHECK(taken > 0.9e6);
    CHECK(taken < 3e6);
}

TEST_CASE("a point is timed, and short work is repeated within a range", "[timing]") {
    Measurement measurement(0);
    const db::Record record =
        measurement.measure(gemm("fixed-tile", 1, 512, 512), optionsFor("none", "cold"));
    CHECK(record.point.status == db::Status::ok);
    CHECK(record.samples.size() >= 10);
    CHECK(record.point.timeNs.value_or(0) > 500);
    CHECK(record.point.timeNs.value_or(0) < 1e6);
    CHECK(record.point.launchesPerRange.value_or(0) > 1);
    CHECK(record.point.kernels == 1);
    CHECK(record.point.invariant == true);
    CHECK(record.point.deterministic == true);
    CHECK_FALSE(record.point.dramBytes);
}

TEST_CASE("weights that fit the L2 are read faster warm than cold", "[timing]") {
    Measurement measurement(0);
    const auto work = gemm("cublas", 1, 2048, 4096);  // 16 MB
    const double cold = measurement.measure(work, optionsFor("none", "cold")).point.timeNs.value();
    const double warm = measurement.measure(work, optionsFor("none", "warm")).point.timeNs.value();
    INFO("cold " << cold << " ns, warm " << warm << " ns");
    CHECK(cold > 1.1 * warm);
}

TEST_CASE("a layer is measured as the sequence of its operators", "[timing]") {
    Measurement measurement(0);
    protocol::Work layer = gemm("cublas", 4, 1024, 1024);
    layer.point.op = "layer";
    const protocol::Work child = gemm("cublas", 4, 1024, 1024);
    layer.children = {child, child};
    layer.children[0].repeats = 8;
    layer.children[1].repeats = 8;
    const double together = measurement.measure(layer, optionsFor("none", "cold")).point.timeNs.value();
    const double alone = measurement.measure(child, optionsFor("none", "cold")).point.timeNs.value();
    CHECK(together > 8 * alone);
    CHECK(together < 32 * alone);
}

TEST_CASE("a point that does not fit is skipped with both numbers") {
    Measurement measurement(0);
    const db::Record record =
        measurement.measure(gemm("fixed-tile", 1, 1 << 20, 1 << 20), optionsFor("none", "cold"));
    CHECK(record.point.status == db::Status::skipped);
    CHECK_THAT(record.point.statusReason, ContainsSubstring("needs 2199.0 GB, the device has "));
    CHECK_FALSE(record.point.timeNs);
}

TEST_CASE("a refused shape says why") {
    Measurement measurement(0);
    CHECK_THROWS_WITH(measurement.measure(gemm("fixed-tile", 1, 128, 100), optionsFor("none", "cold")),
                      ContainsSubstring("multiple of 8"));
}

TEST_CASE("counters of a tile-aligned product are 2 M N K and its operands' bytes", "[counters]") {
    Measurement measurement(0);
    const auto work = gemm("fixed-tile", 2048, 4096, 4096);
    db::Record record;
    try {
        record = measurement.measure(work, optionsFor("roofline", "cold"));
    } catch (const Error& error) {
        if (tests::gpuIsRequired() || error.code() != ExitCode::notPermitted) throw;
        WARN("counters are not permitted here: " << error.what());
        return;
    }
    const db::Point& point = record.point;
    REQUIRE(point.flopsExecuted);
    CHECK_THAT(*point.flopsExecuted, WithinRel(*point.flopsAlgorithmic, 0.005));
    CHECK(point.computePath == "tensor_bf16");
    REQUIRE(point.dramReadBytes);
    const double inputs = 2.0 * (2048.0 * 4096 + 4096.0 * 4096);
    CHECK(*point.dramReadBytes > 0.9 * inputs);
    CHECK(*point.dramReadBytes < 3 * inputs);
    CHECK(point.smClockHz.value_or(0) > 1e8);
    CHECK(point.passes.value_or(0) >= 1);
}
