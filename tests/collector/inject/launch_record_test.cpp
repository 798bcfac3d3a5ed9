// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_record.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "db/export/record_json.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::inject;
using nlohmann::json;

namespace {

const std::vector<NvtxRange> around{{"", "step", 0}, {"", "ridge:batch=4,flops=8", 0}};

Options options() {
    Options result;
    result.program = "train.py";
    result.recordedMetricSet = "bytes";
    result.cache = Cache::warm;
    return result;
}

}  // namespace

TEST_CASE("a launch becomes a row of its own, with its kernel and its ranges") {
    const Described described =
        kernelRecord(options(), kernelName("_Z4axpyIfEvT_PKS0_PS0_i"), {{80, 2, 1}, {256, 1, 1}}, around, {});
    CHECK(described.notes.empty());
    const db::Point& point = described.record.point;
    CHECK(point.provenance == db::Provenance::measured);
    CHECK(point.plan == "profile");
    CHECK(point.workload == "train.py");
    CHECK(point.op == "kernel");
    CHECK(point.series == "axpy");
    CHECK(point.implementation == "foreign");
    CHECK(point.metricSet == "bytes");
    CHECK(point.cache == "warm");
    CHECK(point.kernels == 1);
    CHECK(point.batch == 4);
    CHECK(!point.flopsAlgorithmic);
    CHECK(json::parse(point.params) == json{{"nvtx", "step/ridge:batch=4,flops=8"}, {"flops", 8.0}});
    REQUIRE(described.record.kernels.size() == 1);
    const db::Kernel& kernel = described.record.kernels[0];
    CHECK(kernel.name == "void axpy<float>(float, float const*, float*, int)");
    CHECK(kernel.shortName == "axpy");
    CHECK(kernel.grid == "80,2,1");
    CHECK(kernel.block == "256,1,1");
    CHECK(kernel.launches == 1);
}

TEST_CASE("a range becomes a row that it describes itself") {
    const NvtxRange range{"", "ridge:op=qk,flops=8,bytes=x", 0};
    const Described described = rangeRecord(
        options(), range, {kernelRow(kernelName("k"), {}, 0), kernelRow(kernelName("l"), {}, 1)}, {}, {});
    CHECK(described.record.point.op == "qk");
    CHECK(described.record.point.series == range.name);
    CHECK(described.record.point.flopsAlgorithmic == 8);
    CHECK(described.record.point.kernels == 2);
    CHECK(described.record.kernels.at(1).ordinal == 1);
    CHECK(described.notes.size() == 1);
    CHECK(rangeRecord(options(), {"", "layer 3", 0}, {}, {}, {}).record.point.op == "range");
}

TEST_CASE("a graph has a row a kernel, and a program's own series stands") {
    std::vector<db::Kernel> kernels{kernelRow(kernelName("k"), {}, 0), kernelRow(kernelName("k"), {}, 1)};
    const Described graph = graphRecord(options(), kernels, {}, {});
    CHECK(graph.record.point.series == "CUDA graph");
    CHECK(graph.record.point.kernels == 2);
    const std::vector<NvtxRange> named{{"", "ridge:series=decode", 0}};
    CHECK(graphRecord(options(), kernels, named, {}).record.point.series == "decode");
    CHECK(kernelRecord(options(), kernelName("k"), {}, named, {}).record.point.series == "decode");
}

TEST_CASE("counters fill the point, and what has no value says why") {
    db::Record record;
    metrics::Evaluation evaluation;
    evaluation.flops.value = 100;
    evaluation.dramBytes.reason = "the chip has none";
    evaluation.timeNs.value = 5000;
    evaluation.smClockHz.value = 1e9;
    evaluation.dominantPath = "tensor_bf16";
    const auto absent = addCounters(record, evaluation,
                                    {{"a.sum", 1.0}, {"b.sum", std::numeric_limits<double>::quiet_NaN()}}, 3);
    CHECK(record.point.flopsExecuted == 100);
    CHECK(!record.point.dramBytes);
    CHECK(record.point.timeNs == 5000);
    CHECK(record.point.timeMethod == "gpu__time_duration, profiled");
    CHECK(record.point.computePath == "tensor_bf16");
    CHECK(record.point.passes == 3);
    CHECK(record.metrics == std::map<std::string, double>{{"a.sum", 1.0}});
    CHECK(absent == std::vector<std::string>{"no DRAM bytes: the chip has none"});
    CHECK_NOTHROW(db::toJson(record));
}

TEST_CASE("a launch that was not measured says so") {
    db::Record record;
    setUnmeasured(record, db::Status::skipped, "it waits");
    CHECK(record.point.status == db::Status::skipped);
    CHECK(record.point.statusReason == "it waits");
}
