// SPDX-License-Identifier: Apache-2.0
// Ceilings and closed forms from numbers alone: which counter counts, which value is believed, which verdict.
#include <nlohmann/json.hpp>

#include "collector/metrics/flags.hpp"
#include "collector/worker/ceiling_result.hpp"
#include "collector/worker/point_counters.hpp"
#include "db/model/error.hpp"
#include "tests/support/catch.hpp"
#include "workloads/shape/ceiling.hpp"

using namespace ridge;
using namespace ridge::worker;

namespace {

const workloads::Load copy{"own copy kernel, 1056 blocks over 6.44 GB", 6.4e9, {}};
const LoadTiming twoMilliseconds{2e6, 0.001, 1.7e9, "20 samples, stable 0.1 %"};

metrics::Quantity absent(const char* reason) {
    return {std::nullopt, reason};
}

/// Delivers one value for whatever is asked, and remembers what that was.
struct FakeCounters : cupti::CounterBackend {
    double value = 0;
    std::vector<std::string> asked;
    cupti::CounterReading read(const std::vector<std::string>& metrics,
                               const cupti::RangeWork& work) override {
        asked = metrics;
        if (work.prepare) work.prepare();
        work.work();
        cupti::CounterReading reading;
        for (const std::string& metric : metrics) reading.values[metric] = value;
        reading.passes = 1;
        return reading;
    }
};

}  // namespace

TEST_CASE("a ceiling is the counted work over the median time, and its method says so") {
    const db::Ceiling ceiling =
        ceilingOf(shape::measuredCeiling("dram_copy"), copy, twoMilliseconds, {6.3e9, {}});
    CHECK(ceiling.kind == "memory");
    CHECK(ceiling.unit == "byte/s");
    CHECK(ceiling.origin == "measured");
    CHECK_THAT(ceiling.value, WithinRel(3.15e12, 1e-12));
    CHECK(ceiling.spread == 0.001);
    CHECK(ceiling.clockHz == 1.7e9);
    CHECK(ceiling.kernel == "own copy kernel, 1056 blocks over 6.44 GB");
    CHECK(ceiling.counted == 6.3e9);
    CHECK(ceiling.expected == copy.work);
    CHECK(ceiling.method ==
          "own copy kernel, 1056 blocks over 6.44 GB: 6.3e+09 bytes counted; 20 samples, stable 0.1 %");
}

TEST_CASE("a ceiling says what held its device down and who else used it") {
    LoadTiming timing = twoMilliseconds;
    const auto method = [&timing] {
        return ceilingOf(shape::measuredCeiling("dram_copy"), copy, timing, {6.3e9, {}}).method + "$";
    };
    timing.samples.resize(3);
    timing.samples[0].throttle = "idle,applications_clock";
    timing.users = {{metrics::foreignProcessesMetric, 0}, {metrics::displayActiveMetric, 0}};
    CHECK(disturbanceOf(timing).flags.empty());
    CHECK_THAT(method(), ContainsSubstring(std::string("stable 0.1 %") + "$"));
    timing.samples[1].throttle = "idle,sw_power_cap";
    timing.samples[2].throttle = "hw_thermal,sw_power_cap";
    CHECK(disturbanceOf(timing).flags == "throttled");
    CHECK_THAT(method(),
               ContainsSubstring(std::string("stable 0.1 %; throttled by sw_power_cap,hw_thermal") + "$"));
    timing.users = {{metrics::foreignProcessesMetric, 2}, {metrics::displayActiveMetric, 1}};
    CHECK(disturbanceOf(timing).flags == "throttled,shared_device");
    CHECK_THAT(method(),
               ContainsSubstring(std::string(", beside 2 other processes, beside a display") + "$"));
    timing.samples.clear();
    timing.users = {{metrics::foreignProcessesMetric, 1}};
    CHECK(disturbanceOf(timing).flags == "shared_device");
    CHECK_THAT(method(), ContainsSubstring(std::string("; beside 1 other process") + "$"));
}

TEST_CASE("without counters a ceiling is the arithmetic's, and its method says why") {
    const db::Ceiling ceiling = ceilingOf(shape::measuredCeiling("dram_copy"), copy, twoMilliseconds,
                                          absent("only an administrator may"));
    CHECK_THAT(ceiling.value, WithinRel(3.2e12, 1e-12));
    CHECK_FALSE(ceiling.counted);
    CHECK(ceiling.expected == 6.4e9);
    CHECK_THAT(ceiling.method,
               ContainsSubstring("6.4e+09 bytes by arithmetic, not counted: only an administrator"));
}

TEST_CASE("a count that contradicts arithmetic is an error, not a ceiling") {
    const auto& dram = shape::measuredCeiling("dram_copy");
    CHECK_NOTHROW(ceilingOf(dram, copy, twoMilliseconds, {0.86 * copy.work, {}}));
    CHECK_THROWS_WITH(ceilingOf(dram, copy, twoMilliseconds, {0.84 * copy.work, {}}),
                      ContainsSubstring("bytes counted") && ContainsSubstring("6.4e+09 by arithmetic"));
    const auto& fp32 = shape::measuredCeiling("fp32");
    CHECK_NOTHROW(ceilingOf(fp32, copy, twoMilliseconds, {1.01 * copy.work, {}}));
    CHECK_THROWS_AS(ceilingOf(fp32, copy, twoMilliseconds, {0.0, {}}), Error);
}

TEST_CASE("a closed form becomes a point that carries expectation, count and verdict") {
    const workloads::Load chain{"own fp32 FMA kernel", 1e12, {}};
    db::Point point = selfCheckPoint(shape::closedForm("fp32"), chain, twoMilliseconds, {1e12, {}});
    CHECK(point.plan == "selftest");
    CHECK(point.provenance == db::Provenance::measured);
    CHECK(point.op == "fma");
    CHECK(point.computePath == "fp32");
    CHECK(point.flopsAlgorithmic == 1e12);
    CHECK(point.timeNs == 2e6);
    nlohmann::json params = nlohmann::json::parse(point.params);
    CHECK(params["expected_flops"] == 1e12);
    CHECK(params["counted"] == 1e12);
    CHECK(params["verdict"] == "ok");

    point = selfCheckPoint(shape::closedForm("copy"), copy, twoMilliseconds, {0.9 * copy.work, {}});
    params = nlohmann::json::parse(point.params);
    CHECK(params["expected_bytes"] == copy.work);
    CHECK(params["verdict"] == "off");
    CHECK(point.compulsoryBytes == copy.work);
    CHECK_FALSE(point.flopsAlgorithmic);

    point = selfCheckPoint(shape::closedForm("gemm_int8"), chain, twoMilliseconds, absent("no such counter"));
    params = nlohmann::json::parse(point.params);
    CHECK(params["expected_ops"] == 1e12);
    CHECK_FALSE(params.contains("counted"));
    CHECK(params["verdict"] == "off");
    CHECK_FALSE(point.flopsAlgorithmic);
}

TEST_CASE("zero FLOPs cost one more pass, and end the point where the tensor pipe ran") {
    FakeCounters counters;
    int launches = 0;
    const cupti::RangeWork work{"some GEMM", {}, [&] { ++launches; }};
    metrics::Evaluation evaluation;
    metrics::Resolution chip;
    chip.pipe = metrics::TensorPipe{"sm__inst_executed_pipe_tensor.sum", {}};
    evaluation.flops.value = 3;
    CHECK_NOTHROW(requireNoSilentZero(counters, work, evaluation, chip, {}));
    CHECK(counters.asked.empty());
    evaluation.flops.value = 0;
    CHECK_NOTHROW(requireNoSilentZero(counters, work, evaluation, chip, {}));
    CHECK(counters.asked == std::vector<std::string>{"sm__inst_executed_pipe_tensor.sum"});
    CHECK(launches == 1);
    cupti::CounterReading probed;
    probed.values = {{"sm__inst_executed_pipe_tensor.sum", 0}};
    CHECK(requireNoSilentZero(counters, work, evaluation, chip, probed) == 0);
    CHECK(launches == 1);
    counters.value = 64;
    CHECK_THROWS_WITH(requireNoSilentZero(counters, work, evaluation, chip, {}),
                      ContainsSubstring("some GEMM: 0 FLOPs, but sm__inst_executed_pipe_tensor.sum is 64"));
}

TEST_CASE("what may explain a busy tensor pipe is counted before its zero is called wrong") {
    FakeCounters counters;
    const cupti::RangeWork work{"some GEMM", {}, [] {}};
    metrics::Evaluation evaluation;
    evaluation.flops.value = 12;  // an epilogue
    metrics::Resolution chip;
    chip.pipe = metrics::TensorPipe{"pipe.sum", {}};
    chip.leaves = {{"tensor", "bf16.sum", "tensor_bf16", metrics::Axis::flop, false}};
    chip.unseen = {"int8.sum"};
    cupti::CounterReading reading;
    reading.values = {{"bf16.sum", 0}};
    CHECK(requireNoSilentZero(counters, work, evaluation, chip, reading) ==
          0);  // no replay for a doubt alone
    CHECK(counters.asked.empty());
    reading.values["pipe.sum"] = 64;
    counters.value = 4096;
    CHECK_NOTHROW(requireNoSilentZero(counters, work, evaluation, chip, reading));
    CHECK(counters.asked == std::vector<std::string>{"int8.sum"});
    counters.value = 0;
    CHECK_THROWS_WITH(requireNoSilentZero(counters, work, evaluation, chip, reading),
                      ContainsSubstring("some GEMM: 0 tensor FLOPs, but pipe.sum is 64"));
}
