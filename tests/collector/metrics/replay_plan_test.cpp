// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/replay_plan.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace ridge::metrics;

namespace {

const std::string tensor = "sm__ops_path_tensor_";
const std::string bf16 = tensor + "src_bf16_dst_fp32.sum", fp16 = tensor + "src_fp16_dst_fp32.sum",
                  fp64 = tensor + "src_fp64.sum", fp8 = tensor + "src_fp8.sum";
const std::string fmaCounter = "smsp__sass_thread_inst_executed_op_ffma_pred_on.sum",
                  halfCounter = "smsp__sass_thread_inst_executed_op_hfma_pred_on.sum";
const std::string dram = "dram__bytes_read.sum", pipeCounter = "sm__inst_executed_pipe_tensor.sum";

/// A chip with one DRAM counter, two SASS counters and these leaves; its probe covers all but fp64.
Resolution chipWith(const Names& leaves, bool probe) {
    Resolution resolution;
    resolution.metrics = {dram, fmaCounter, halfCounter};
    resolution.probe = Probe{pipeCounter, {}};
    for (const std::string& leaf : leaves) {
        resolution.metrics.push_back(leaf);
        resolution.leaves.push_back({"tensor", leaf, "path", Axis::flop, false});
        if (leaf != fp64) resolution.probe->covers.push_back(leaf);
    }
    if (!probe) resolution.probe.reset();
    return resolution;
}

/// `room` leaves or probes to a pass, the DRAM counter in any of them, SASS counters in one of their own.
PassCount passesWith(std::size_t room) {
    return [room](const Names& names) {
        const auto count = [&](const char* text) {
            return static_cast<std::size_t>(
                std::count_if(names.begin(), names.end(),
                              [&](const std::string& name) { return name.find(text) != std::string::npos; }));
        };
        const std::size_t slots = count("tensor");
        const std::size_t hardware = std::max((slots + room - 1) / room, count("dram"));
        return hardware + (count("sass") > 0 ? 1 : 0);
    };
}

}  // namespace

TEST_CASE("nothing known and no probe collects the whole set at once") {
    const Resolution chip = chipWith({bf16, fp16, fp64}, false);
    const ReplayPlan plan = planReplays(chip, {}, passesWith(2));
    CHECK(plan.first == chip.metrics);
    CHECK(plan.probe.empty());
    CHECK(plan.omitted.empty());
    CHECK_FALSE(contradicts(plan, chip, {}));
}

TEST_CASE("leaves known to be zero are left out where that saves a replay, and checked where it is free") {
    const Resolution chip = chipWith({bf16, fp16, fp64, fp8}, false);
    const ReplayPlan plan = planReplays(chip, {fp16, fp64, fp8}, passesWith(2));
    CHECK(plan.first == Names{dram, fmaCounter, halfCounter, bf16, fp16});
    CHECK(plan.checked == Names{fp16});
    CHECK(plan.omitted == Names{fp64, fp8});
}

TEST_CASE("what would save no replay is collected although it is known") {
    const Resolution chip = chipWith({bf16, fp16}, false);
    CHECK(planReplays(chip, {fp16}, passesWith(2)).first == chip.metrics);
    CHECK(planReplays(chip, {fmaCounter}, passesWith(2)).first == chip.metrics);
    Resolution cores = chip;
    cores.metrics = {fmaCounter, halfCounter};
    cores.leaves.clear();  // with nothing to collect there is nothing to contradict what is known
    CHECK(planReplays(cores, {fmaCounter, halfCounter}, passesWith(2)).first == cores.metrics);
}

TEST_CASE("CUDA-core counters that are all zero save their pass") {
    const Resolution chip = chipWith({bf16}, false);
    const ReplayPlan plan = planReplays(chip, {fmaCounter, halfCounter}, passesWith(2));
    CHECK(plan.first == Names{dram, bf16});
    CHECK(plan.omitted == Names{fmaCounter, halfCounter});
}

TEST_CASE("nothing is left out that would take more replays than the whole set once it is contradicted") {
    const Resolution chip = chipWith({bf16, fp16, fp64}, false);
    // A pass for all other hardware counters, one for the SASS counters, one for fp64, and two where fp64 is
    // alone.
    const PassCount passes = [](const Names& names) {
        const auto has = [&](const std::string& name) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        std::size_t count = has(dram) || has(bf16) || has(fp16) ? 1U : 0U;
        if (has(fp64)) count += has(bf16) ? 1U : 2U;
        return has(fmaCounter) || has(halfCounter) ? count + 1 : count;
    };
    REQUIRE(passes(chip.metrics) == 3);
    CHECK(planReplays(chip, {fp64}, passes).first == chip.metrics);
    CHECK(planReplays(chip, {fp16}, passes).first == chip.metrics);
    CHECK(planReplays(chip, {fmaCounter, halfCounter}, passes).omitted == Names{fmaCounter, halfCounter});
}

TEST_CASE("bytes are never left out: they differ from one execution to the next") {
    CHECK_FALSE(countsExecution(dram));
    CHECK_FALSE(countsExecution(pipeCounter));
    const Resolution chip = chipWith({bf16, fp16}, false);
    const ReplayPlan plan = planReplays(chip, {dram, fp16}, passesWith(1));
    CHECK(plan.first == Names{dram, fmaCounter, halfCounter, bf16});
    CHECK(plan.omitted == Names{fp16});
}

TEST_CASE("values that contradict what is known are seen") {
    const Resolution chip = chipWith({bf16, fp16, fp64, fp8}, false);
    const ReplayPlan plan = planReplays(chip, {fp16, fp64, fp8}, passesWith(2));
    CHECK_FALSE(contradicts(plan, chip, {{bf16, 5}, {fp16, 0}}));
    CHECK(contradicts(plan, chip, {{bf16, 5}, {fp16, 1}}));
    CHECK(contradicts(plan, chip, {{bf16, 0}, {fp16, 0}}));
    CHECK(contradicts(plan, chip, {}));
}

TEST_CASE("work without any tensor FLOPs contradicts nothing when all leaves are known to be zero") {
    const Resolution chip = chipWith({bf16, fp16, fp8}, false);
    const ReplayPlan plan = planReplays(chip, {bf16, fp16, fp8}, passesWith(2));
    CHECK(plan.omitted == Names{fp8});
    CHECK_FALSE(contradicts(plan, chip, {{bf16, 0}, {fp16, 0}, {fmaCounter, 8}}));
}

TEST_CASE("a probe is used where work without tensor instructions saves a replay and other work loses none") {
    const Resolution chip = chipWith({bf16, fp16, fp64, fp8}, true);
    // 4 leaves in 2 passes of 3 leave room for the probe: 1 + 1 without tensor work, 1 + 2 with it, as at
    // once.
    const ReplayPlan plan = planReplays(chip, {}, passesWith(3));
    CHECK(plan.probe == pipeCounter);
    CHECK(plan.first == Names{dram, bf16, fp64, pipeCounter});
    CHECK(plan.withoutWork == Names{fmaCounter, halfCounter});
    CHECK(plan.withWork == Names{fmaCounter, halfCounter, fp16, fp8});
    CHECK(plan.covered == Names{fp16, fp8});
}

TEST_CASE("no probe where it would cost work with tensor instructions a replay, or gain nothing") {
    CHECK(planReplays(chipWith({bf16, fp16, fp64, fp8}, true), {}, passesWith(2)).probe.empty());
    CHECK(planReplays(chipWith({bf16, fp16}, true), {}, passesWith(3)).probe.empty());
    CHECK(planReplays(chipWith({}, true), {}, passesWith(3)).probe.empty());
}

TEST_CASE("the next leaf is tried where the first one does not pack") {
    const Resolution chip = chipWith({bf16, fp16, fp8}, true);
    // Only fp8 goes into one pass with the probe.
    const PassCount passes = [](const Names& names) -> std::size_t {
        const auto has = [&](const std::string& name) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        std::size_t hardware = has(dram) ? 1 : 0;
        if (has(pipeCounter)) {
            hardware = 1 + (has(bf16) || has(fp16) ? 1 : 0);
        } else if (has(bf16) || has(fp16)) {
            hardware = has(fp8) ? 2 : 1;
        }
        return hardware + (has(fmaCounter) ? 1 : 0);
    };
    const ReplayPlan plan = planReplays(chip, {}, passes);
    CHECK(plan.probe == pipeCounter);
    CHECK(plan.first == Names{dram, fp8, pipeCounter});
}

TEST_CASE("a probe proves absence only when it was delivered as zero and nothing it covers was counted") {
    const Resolution chip = chipWith({bf16, fp16, fp64, fp8}, true);
    const ReplayPlan plan = planReplays(chip, {}, passesWith(3));
    CHECK(foundNoWork(plan, chip, {{pipeCounter, 0}, {bf16, 0}}));
    CHECK(foundNoWork(plan, chip, {{pipeCounter, 0}, {bf16, 0}, {fp64, 7}}));
    CHECK_FALSE(foundNoWork(plan, chip, {{pipeCounter, 3}, {bf16, 0}}));
    CHECK_FALSE(foundNoWork(plan, chip, {{bf16, 0}}));
    CHECK_FALSE(foundNoWork(plan, chip, {{pipeCounter, 0}, {bf16, 7}}));
    CHECK_FALSE(foundNoWork(plan, chipWith({bf16}, false), {{pipeCounter, 0}}));
}

TEST_CASE("a probe that the set collects anyway is collected once") {
    Resolution chip = chipWith({bf16, fp16, fp64, fp8}, true);
    chip.metrics.push_back(pipeCounter);
    const ReplayPlan plan = planReplays(chip, {}, passesWith(3));
    CHECK(plan.probe == pipeCounter);
    CHECK(std::count(plan.first.begin(), plan.first.end(), pipeCounter) == 1);
    CHECK(std::count(plan.withWork.begin(), plan.withWork.end(), pipeCounter) == 0);
}

TEST_CASE("constants that a kernel loads through the tensor pipe are no work for the probe") {
    const std::string half = "sm__inst_executed_pipe_tensor_op_hmma_type_hfma2.sum";
    Names leaves{bf16, fp16, fp8};
    for (const char* more : {"src_a.sum", "src_b.sum", "src_c.sum", "src_d.sum"})
        leaves.push_back(tensor + more);
    Resolution chip = chipWith(leaves, true);
    chip.pipe = TensorPipe{pipeCounter, half};
    const ReplayPlan plan = planReplays(chip, {}, passesWith(3));
    REQUIRE(plan.probe == pipeCounter);
    CHECK(std::count(plan.first.begin(), plan.first.end(), half) == 1);
    CHECK(foundNoWork(plan, chip, {{pipeCounter, 64}, {half, 64}}));
    CHECK_FALSE(foundNoWork(plan, chip, {{pipeCounter, 64}, {half, 60}}));
    CHECK_FALSE(foundNoWork(plan, chip, {{pipeCounter, 64}}));
    CHECK_FALSE(foundNoWork(plan, chip, {{half, 0}}));
}

TEST_CASE("of work without tensor operations the pipe replaces the leaves that it executes, and no others") {
    Resolution chip = chipWith({bf16, fp16, fp64, fp8}, true);
    const std::set<std::string> zeros{bf16, fp16, fp64, fp8};
    const PassCount passes = passesWith(2);
    chip.pipe = TensorPipe{pipeCounter, {}, true};
    const ReplayPlan plan = planAgain(chip, zeros, passes);
    CHECK(plan.first == Names{dram, fmaCounter, halfCounter, fp64, pipeCounter});
    CHECK(plan.omitted == Names{bf16, fp16, fp8});
    CHECK(plan.checked == Names{fp64});
    CHECK_FALSE(contradicts(plan, chip, {{fp64, 0}, {pipeCounter, 0}}));
    CHECK(contradicts(plan, chip, {{fp64, 8}, {pipeCounter, 0}}));
    chip.pipe = TensorPipe{pipeCounter, {}};
    CHECK(planAgain(chip, zeros, passesWith(1)).omitted == Names{bf16, fp16, fp64, fp8});
}
