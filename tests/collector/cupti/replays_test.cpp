// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/replays.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::cupti;
using metrics::Names;

namespace {

const std::string leaf = "sm__ops_path_tensor_src_bf16_dst_fp32.sum",
                  other = "sm__ops_path_tensor_src_tf32_dst_fp32.sum",
                  probeCounter = "sm__inst_executed_pipe_tensor.sum", bytes = "dram__bytes_read.sum",
                  fmaCounter = "smsp__sass_thread_inst_executed_op_ffma_pred_on.sum";

/// Delivers `truth` and remembers what it was asked for; two passes a collection.
struct Scripted : CounterBackend {
    std::map<std::string, double> truth;
    Names refuses;
    std::vector<Names> asked;

    CounterReading read(const Names& names, const RangeWork& work) override {
        asked.push_back(names);
        work.work();
        CounterReading reading;
        reading.passes = 2;
        for (const std::string& name : names) {
            const bool refused = std::find(refuses.begin(), refuses.end(), name) != refuses.end();
            if (refused) {
                reading.refused.push_back(name);
            } else {
                reading.values[name] = truth[name];
            }
        }
        return reading;
    }
};

metrics::Resolution chip() {
    metrics::Resolution resolution;
    resolution.metrics = {bytes, fmaCounter, leaf, other};
    resolution.leaves = {{"tensor", leaf, "tensor_bf16", metrics::Axis::flop, false},
                         {"tensor", other, "tensor_tf32", metrics::Axis::flop, false}};
    resolution.probe = metrics::Probe{probeCounter, {leaf, other}};
    return resolution;
}

metrics::ReplayPlan probing() {
    metrics::ReplayPlan plan;
    plan.first = {bytes, leaf, probeCounter};
    plan.probe = probeCounter;
    plan.withWork = {fmaCounter, other};
    plan.withoutWork = {fmaCounter};
    plan.covered = {other};
    return plan;
}

metrics::ReplayPlan known() {
    metrics::ReplayPlan plan;
    plan.first = {bytes, fmaCounter, leaf};
    plan.omitted = {other};
    return plan;
}

CounterReading run(Scripted& backend, const metrics::ReplayPlan& plan) {
    return readReplays(backend, chip(), plan, {"gemm", {}, [] {}});
}

}  // namespace

TEST_CASE("a probe that counts nothing saves the covered leaves, whose zero says so") {
    Scripted backend;
    backend.truth = {{bytes, 64}, {fmaCounter, 9}};
    const CounterReading reading = run(backend, probing());
    CHECK(backend.asked == std::vector<Names>{{bytes, leaf, probeCounter}, {fmaCounter}});
    CHECK(reading.values ==
          std::map<std::string, double>{{bytes, 64}, {leaf, 0}, {probeCounter, 0}, {fmaCounter, 9}});
    CHECK(reading.knownZero == std::map<std::string, Zero>{{other, Zero::byProbe}});
    CHECK(reading.passes == 4);
}

TEST_CASE("a probe that counts something is followed by everything else, and is counted as a replay") {
    Scripted backend;
    backend.truth = {{bytes, 64}, {probeCounter, 3}, {other, 4096}};
    const CounterReading reading = run(backend, probing());
    CHECK(backend.asked.back() == Names{fmaCounter, other});
    CHECK(reading.values.at(other) == 4096);
    CHECK(reading.knownZero.empty());
    CHECK(reading.passes == 4);
}

TEST_CASE("a refused probe proves nothing") {
    Scripted backend;
    backend.refuses = {probeCounter};
    const CounterReading reading = run(backend, probing());
    CHECK(backend.asked.back() == Names{fmaCounter, other});
    CHECK(reading.refused == Names{probeCounter});
}

TEST_CASE("what is left to collect may be nothing") {
    Scripted backend;
    metrics::ReplayPlan plan = probing();
    plan.withoutWork.clear();
    CHECK(run(backend, plan).passes == 2);
    CHECK(backend.asked.size() == 1);
}

TEST_CASE("an omitted leaf is known to be zero by the earlier measurement") {
    Scripted backend;
    backend.truth = {{bytes, 64}, {leaf, 4096}};
    const CounterReading reading = run(backend, known());
    CHECK(reading.knownZero == std::map<std::string, Zero>{{other, Zero::byEarlierMeasurement}});
    CHECK(reading.values.count(other) == 0);
    CHECK(reading.passes == 2);
}

TEST_CASE("a contradiction collects what was left out, and counts the replays of both collections") {
    Scripted backend;
    backend.truth = {{bytes, 64}, {fmaCounter, 9}, {other, 4096}};
    const CounterReading reading = run(backend, known());
    CHECK(backend.asked == std::vector<Names>{{bytes, fmaCounter, leaf}, {other}});
    CHECK(reading.values ==
          std::map<std::string, double>{{bytes, 64}, {fmaCounter, 9}, {leaf, 0}, {other, 4096}});
    CHECK(reading.knownZero.empty());
    CHECK(reading.passes == 4);
}
