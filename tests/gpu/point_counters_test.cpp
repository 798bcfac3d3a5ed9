// SPDX-License-Identifier: Apache-2.0
// A point's counters from its plan to its record, and those of an idle GPU, on a fake backend.
#include "collector/worker/point_counters.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "collector/worker/idle_traffic.hpp"
#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::worker;
using metrics::Names;
using Values = std::map<std::string, double>;

namespace {

const std::string tensor = "sm__ops_path_tensor_src_";
const std::string bf16 = tensor + "bf16_dst_fp32_sparsity_off.sum",
                  tf32 = tensor + "tf32_dst_fp32_sparsity_off.sum",
                  fp16 = tensor + "fp16_dst_fp32_sparsity_off.sum", int8 = tensor + "int8_sparsity_off.sum",
                  ffmaCounter = "smsp__sass_thread_inst_executed_op_ffma_pred_on.sum",
                  pipeCounter = "sm__inst_executed_pipe_tensor.sum";

/// Delivers `truth`, 0 for what is not in it, and counts how often the work ran.
struct Counters : cupti::CounterBackend {
    Values truth;
    metrics::PassCount passes;
    int runs = 0;

    cupti::CounterReading read(const Names& names, const cupti::RangeWork& work) override {
        cupti::CounterReading reading;
        reading.passes = static_cast<int>(passes(names));
        for (int pass = 0; pass < reading.passes; ++pass) work.work();
        for (const std::string& name : names) reading.values[name] = truth[name];
        return reading;
    }
};

/// A chip with `leaves` for the set roofline, and room for two leaves or the pipe in a pass.
struct Chip {
    metrics::MetricSet set = metrics::loadSet("roofline");
    metrics::Resolution resolution;
    Counters counters;

    explicit Chip(const Names& leaves) {
        std::vector<std::string> bases{metrics::baseName(pipeCounter)};
        for (const metrics::CounterRule& rule : set.counters) {
            if (!rule.optional) bases.push_back(metrics::baseName(rule.anyOf.front()));
        }
        for (const std::string& leaf : leaves) bases.push_back(metrics::baseName(leaf));
        resolution = metrics::resolve(set, bases);
        counters.passes = [](const Names& names) {
            const auto count = [&](const std::string& part) {
                return static_cast<std::size_t>(
                    std::count_if(names.begin(), names.end(),
                                  [&](const auto& name) { return name.find(part) != std::string::npos; }));
            };
            const std::size_t slots = count("ops_path_tensor") + 2 * count("pipe_tensor");
            return std::max<std::size_t>((slots + 1) / 2, 1) + (count("__sass_") > 0 ? 1 : 0);
        };
    }
    PointCounters point(const std::set<std::string>& zeros, std::optional<double> flops = 4096) {
        const metrics::ReplayPlan plan = metrics::planReplays(resolution, zeros, counters.passes);
        return readPoint(counters, set, resolution, plan, {"some GEMM", {}, [this] { ++counters.runs; }}, 2,
                         flops);
    }
};

}  // namespace

TEST_CASE("a point's passes are all replays of its work, also those that found what was known to be wrong") {
    const Names leaves{bf16, fp16, tf32};
    const auto passesOf = [&](const Values& truth, const std::set<std::string>& zeros) {
        Chip chip(leaves);
        chip.counters.truth = truth;
        const PointCounters point = chip.point(zeros);
        CHECK(point.reading.passes == chip.counters.runs);
        db::Record record;
        addCounters(record, point.evaluation, point.reading, 2);
        CHECK(record.point.passes == chip.counters.runs);
        CHECK(record.point.flopsExecuted == 2048.0);
        return chip.counters.runs;
    };
    CHECK(passesOf({{bf16, 4096}}, {}) == 3);
    CHECK(passesOf({{bf16, 4096}}, {fp16, tf32}) == 2);
    CHECK(passesOf({{tf32, 4096}}, {fp16, tf32}) == 3);  // as many as with nothing known
}

TEST_CASE("the look at the tensor pipe is among the passes of a point without FLOPs") {
    Chip chip({bf16, fp16, tf32});
    const PointCounters idle = chip.point({}, std::nullopt);
    CHECK(idle.evaluation.flops.value == 0.0);
    CHECK(idle.reading.passes == 4);
    CHECK(chip.counters.runs == 4);
    Chip quantized({bf16, fp16, tf32, int8});
    quantized.counters.truth = {{int8, 64}, {pipeCounter, 8}};
    CHECK(quantized.point({}, std::nullopt).reading.passes == 5);
    CHECK(quantized.counters.runs == 5);
}

TEST_CASE("work that must have FLOPs and has none fails, whatever the tensor pipe says") {
    Chip chip({bf16});
    CHECK_THROWS_WITH(chip.point({}), ContainsSubstring("some GEMM: 0 FLOPs were counted of work of 4096"));
    chip.counters.truth = {{pipeCounter, 8}};
    CHECK_THROWS_WITH(chip.point({}), ContainsSubstring("0 FLOPs, but " + pipeCounter + " is 8"));
    chip.counters.truth = {{ffmaCounter, 8}};
    CHECK(chip.point({}).evaluation.flops.value == 8.0);
}

TEST_CASE("idle DRAM traffic is bytes by the time of the same range, and unknown without either") {
    const metrics::MetricSet set = metrics::loadSet("bytes");
    const metrics::Resolution resolution = metrics::resolve(
        set, {"dram__bytes_read", "dram__bytes_write", "gpu__time_duration", "sm__cycles_elapsed"});
    Counters counters;
    counters.passes = [](const Names&) -> std::size_t { return 1; };
    const cupti::RangeWork idling{"idle", {}, [&] { ++counters.runs; }};
    counters.truth = {
        {"dram__bytes_read.sum", 3e6}, {"dram__bytes_write.sum", 1e6}, {"gpu__time_duration.sum", 1e7}};
    CHECK(idleDramBytesPerSecond(counters, set, resolution, idling) == 4e8);
    CHECK(counters.runs == 1);
    counters.truth["dram__bytes_write.sum"] = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(idleDramBytesPerSecond(counters, set, resolution, idling));
    counters.truth["dram__bytes_write.sum"] = 1e6;
    counters.truth["gpu__time_duration.sum"] = 0;
    CHECK_FALSE(idleDramBytesPerSecond(counters, set, resolution, idling));
    CHECK_FALSE(idleDramBytesPerSecond(counters, set, metrics::resolve(set, {"gpu__time_duration"}), idling));
}
