// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/repeated_work.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace ridge::metrics;
using Values = std::map<std::string, double>;

namespace {

const std::string tensor = "sm__ops_path_tensor_";
const std::string bf16 = tensor + "src_bf16_dst_fp32_sparsity_off.sum",
                  fp16 = tensor + "src_fp16_dst_fp32_sparsity_off.sum",
                  tf32 = tensor + "src_tf32_dst_fp32_sparsity_off.sum",
                  int8 = tensor + "src_int8_sparsity_off.sum", int4 = tensor + "src_int4_sparsity_off.sum";
const std::string ffmaCounter = "smsp__sass_thread_inst_executed_op_ffma_pred_on.sum";
const std::string pipeCounter = "sm__inst_executed_pipe_tensor.sum",
                  halfCounter = "sm__inst_executed_pipe_tensor_op_hmma_type_hfma2.sum";

const MetricSet& roofline() {
    static const MetricSet set = loadSet("roofline");
    return set;
}

/// A chip like GA100: three float leaves, two of integers, packed fp16 on the tensor pipe.
Resolution chip() {
    std::vector<std::string> bases;
    for (const CounterRule& rule : roofline().counters) {
        if (!rule.optional) bases.push_back(baseName(rule.anyOf.front()));
    }
    for (const std::string& metric : {bf16, fp16, tf32, int4, int8, pipeCounter, halfCounter})
        bases.push_back(baseName(metric));
    return resolve(roofline(), bases);
}

bool holds(const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Two leaves a pass or the pipe, as on GA100; with `freePipe` it fits beside any, as on AD102.
PassCount passesWith(bool freePipe) {
    return [freePipe](const Names& names) {
        const auto count = [&](const char* text) {
            return static_cast<std::size_t>(
                std::count_if(names.begin(), names.end(),
                              [&](const std::string& name) { return name.find(text) != std::string::npos; }));
        };
        const std::size_t leaves = count("ops_path_tensor");
        const std::size_t slots = leaves + (!freePipe && holds(names, pipeCounter) && leaves > 0 ? 2 : 0);
        return std::max<std::size_t>((slots + 1) / 2, 1) + (count("sass") > 0 ? 1 : 0);
    };
}

/// A kernel that executes `work` at its next launch.
struct Kernel {
    PassCount passes = passesWith(false);
    RepeatedWork history = {};
    Resolution device = chip();
    ReplayPlan plan = {};
    Names refused = {};

    Judgement launch(const Values& work) {
        plan = history.plan(device, passes);
        Values values;
        for (const std::string& name : plan.first) {
            const auto found = work.find(name);
            if (!holds(refused, name)) values[name] = found == work.end() ? 0 : found->second;
        }
        return history.judge(roofline(), device, plan, values);
    }
    [[nodiscard]] std::size_t cost() const { return passes(plan.first); }
    [[nodiscard]] bool collectedAll() const {
        return std::all_of(device.metrics.begin(), device.metrics.end(),
                           [&](const std::string& name) { return holds(plan.first, name); });
    }
};

const Values product{{bf16, 4096}, {ffmaCounter, 8}, {pipeCounter, 16}}, elementwise{{ffmaCounter, 8}},
    silent{{ffmaCounter, 8}, {pipeCounter, 16}}, quantized{{ffmaCounter, 8}, {int8, 4096}, {pipeCounter, 16}};

}  // namespace

TEST_CASE("the first launch collects everything, the next ones leave out the tensor leaves that were zero") {
    Kernel kernel;
    CHECK(kernel.launch(product).evaluation.flops.value == 4112.0);
    CHECK(kernel.collectedAll());
    CHECK(kernel.cost() == 3);
    for (int i = 0; i < 3; ++i) {
        const Judgement again = kernel.launch(product);
        CHECK(again.evaluation.flops.value == 4112.0);
        CHECK(again.evaluation.dominantPath == "tensor_bf16");
        CHECK(again.zeros == Names{tf32});
        CHECK(kernel.plan.checked == Names{fp16});
        CHECK(kernel.cost() == 2);
        CHECK(again.doubt.empty());
    }
}

TEST_CASE("a launch without tensor work is checked by the tensor pipe, in fewer passes") {
    Kernel kernel;
    CHECK(kernel.launch(elementwise).evaluation.flops.value == 16.0);
    CHECK_FALSE(holds(kernel.plan.first, pipeCounter));
    const Judgement again = kernel.launch(elementwise);
    CHECK(kernel.cost() == 2);
    CHECK(holds(kernel.plan.first, pipeCounter));
    CHECK(holds(kernel.plan.first, halfCounter));
    CHECK(again.evaluation.flops.value == 16.0);
    CHECK(again.zeros == Names{bf16, fp16, tf32});
}

TEST_CASE("CUDA-core counters are collected at every launch: what it branches on is its data") {
    Kernel kernel;
    CHECK(kernel.launch({}).evaluation.flops.value == 0.0);
    CHECK(kernel.launch({}).evaluation.flops.value == 0.0);
    CHECK(holds(kernel.plan.first, ffmaCounter));
    CHECK(kernel.launch({{ffmaCounter, 8}}).evaluation.flops.value == 16.0);
}

TEST_CASE("a launch that does other work has its FLOPs unknown, and all after it collect everything") {
    for (const Values& other : {Values{{fp16, 64}}, Values{{tf32, 64}}, Values{{bf16, 64}, {fp16, 64}}}) {
        Kernel kernel;
        static_cast<void>(kernel.launch(product));
        const Judgement contradicted = kernel.launch(other);
        CHECK_FALSE(contradicted.evaluation.flops.value);
        CHECK(contradicted.evaluation.dominantPath.empty());
        CHECK(contradicted.evaluation.dramBytes.value == 0.0);
        CHECK(contradicted.zeros.empty());
        CHECK(contradicted.failure.empty());
        CHECK_THAT(contradicted.doubt, ContainsSubstring("an earlier launch"));
        CHECK(kernel.launch(other).evaluation.flops.value > 0);
        CHECK(kernel.collectedAll());
        CHECK(kernel.launch(product).evaluation.flops.value == 4112.0);
        CHECK(kernel.collectedAll());
    }
}

TEST_CASE("a kernel that begins to use its tensor cores is found by the pipe") {
    Kernel kernel;
    static_cast<void>(kernel.launch(elementwise));
    const Judgement contradicted = kernel.launch({{tf32, 64}, {ffmaCounter, 8}, {pipeCounter, 16}});
    CHECK_FALSE(contradicted.evaluation.flops.value);
    CHECK_THAT(contradicted.doubt, ContainsSubstring(pipeCounter + " is 16"));
    CHECK(kernel.launch({{tf32, 64}, {ffmaCounter, 8}, {pipeCounter, 16}}).evaluation.flops.value == 80.0);
    CHECK(kernel.collectedAll());
    CHECK(kernel.launch(elementwise).evaluation.flops.value == 16.0);
    CHECK(kernel.collectedAll());
}

TEST_CASE("constants loaded by HFMA2 on the tensor pipe are no tensor work") {
    Kernel kernel;
    const Values loads{{ffmaCounter, 8}, {pipeCounter, 16}, {halfCounter, 16}};
    static_cast<void>(kernel.launch(loads));
    for (int i = 0; i < 2; ++i) CHECK(kernel.launch(loads).evaluation.flops.value == 16.0);
    CHECK(kernel.cost() == 2);
}

TEST_CASE(
    "a silently zero leaf is doubted where the pipe is first seen, and wrong by name where nothing explains "
    "it") {
    Kernel kernel;
    static_cast<void>(kernel.launch(silent));
    const Judgement doubted = kernel.launch(silent);
    CHECK_FALSE(doubted.evaluation.flops.value);
    CHECK(doubted.failure.empty());
    for (int i = 0; i < 2; ++i) {
        const Judgement wrong = kernel.launch(silent);
        CHECK_THAT(wrong.failure, ContainsSubstring("0 tensor FLOPs, but " + pipeCounter + " is 16"));
        CHECK(holds(kernel.plan.first, int8));
    }
}

TEST_CASE("where the pipe is free beside everything the first launch is doubted already") {
    Kernel kernel{passesWith(true)};
    const Judgement doubted = kernel.launch(silent);
    CHECK_THAT(doubted.doubt, ContainsSubstring("integer work as int8"));
    CHECK_THAT(doubted.doubt, ContainsSubstring("--metrics all"));
    CHECK_FALSE(doubted.evaluation.flops.value);
    CHECK_FALSE(doubted.evaluation.paths.at("tensor_bf16").value);
    CHECK_FALSE(kernel.launch(silent).failure.empty());
    Kernel zero{passesWith(true)};
    CHECK_THAT(zero.launch({{pipeCounter, 16}}).failure, ContainsSubstring("0 FLOPs, but " + pipeCounter));
}

TEST_CASE("where an integer counter is free beside the pipe's, integer work is known at the first launch") {
    const Values integers{{ffmaCounter, 8}, {int4, 64}, {pipeCounter, 16}};
    Kernel kernel{passesWith(true)};
    for (int i = 0; i < 3; ++i) {
        const Judgement known = kernel.launch(integers);  // int4 takes the one place that is left, int8 none
        CHECK(known.evaluation.flops.value == 16.0);
        CHECK((known.failure.empty() && known.doubt.empty()));
        CHECK((holds(kernel.plan.first, int4) && !holds(kernel.plan.first, int8)));
        CHECK(kernel.cost() == 3);
    }
    Kernel pure{passesWith(true)};
    CHECK(pure.launch({{int4, 64}, {pipeCounter, 16}}).evaluation.flops.value == 0.0);
    Kernel paid;  // where the pipe's counter takes a pass nothing comes with it
    static_cast<void>(paid.launch(integers));
    CHECK_FALSE(holds(paid.plan.first, int4));
}

TEST_CASE("a first launch without tensor FLOPs is unproven until a later one has looked at the pipe") {
    Kernel idle;
    const Judgement first = idle.launch(elementwise);
    CHECK((first.isFirst && first.isUnproven && first.first == FirstLaunch::open));
    const Judgement second = idle.launch(elementwise);
    CHECK_FALSE((second.isFirst || second.isUnproven));
    CHECK(second.first == FirstLaunch::trusted);
    Kernel busy;
    CHECK_FALSE(busy.launch(product).isUnproven);
    Kernel seen{passesWith(true)};
    CHECK_FALSE(seen.launch(elementwise).isUnproven);
    Kernel unseen;
    static_cast<void>(unseen.launch(elementwise));
    unseen.refused = {pipeCounter};
    CHECK(unseen.launch(elementwise).first == FirstLaunch::open);
    Kernel changed;  // by its data: the first may have done nothing on the pipe all the same
    static_cast<void>(changed.launch({{bf16, 64}}));
    CHECK(changed.launch({{tf32, 64}}).first == FirstLaunch::open);
    CHECK(changed.launch(elementwise).isUnproven);
}

TEST_CASE("work that the set leaves out explains the pipe from then on") {
    Kernel kernel;
    static_cast<void>(kernel.launch(quantized));
    const Judgement doubted = kernel.launch(quantized);
    CHECK_FALSE(doubted.evaluation.flops.value);
    CHECK(doubted.first == FirstLaunch::doubted);
    const Judgement explained = kernel.launch(quantized);
    CHECK(explained.first == FirstLaunch::trusted);
    CHECK_FALSE(explained.isUnproven);
    CHECK(explained.evaluation.flops.value == 16.0);
    CHECK((explained.failure.empty() && explained.doubt.empty()));
    const Judgement later = kernel.launch(quantized);
    CHECK(later.evaluation.flops.value == 16.0);
    CHECK_FALSE(holds(kernel.plan.first, int8));
    CHECK(kernel.collectedAll());
}

TEST_CASE("without its check nothing is taken for zero") {
    Kernel kernel;
    static_cast<void>(kernel.launch(elementwise));
    kernel.refused = {pipeCounter};
    const Judgement unchecked = kernel.launch(elementwise);
    CHECK_FALSE(unchecked.evaluation.flops.value);
    CHECK_THAT(unchecked.doubt, ContainsSubstring("not delivered"));
    CHECK(kernel.launch(elementwise).evaluation.flops.value == 16.0);
    CHECK(kernel.collectedAll());
}

TEST_CASE("a leaf that was not delivered is not known to be zero") {
    Kernel kernel;
    kernel.refused = {tf32};
    CHECK_FALSE(kernel.launch(product).evaluation.flops.value);
    kernel.refused.clear();
    CHECK(kernel.launch(product).zeros == Names{fp16});
    CHECK(kernel.launch({{bf16, 4096}, {tf32, 64}}).evaluation.flops.value == 4160.0);
}

TEST_CASE("a chip without a tensor pipe counter always collects everything of work without tensor FLOPs") {
    Kernel kernel;
    kernel.device.pipe.reset();
    for (int i = 0; i < 3; ++i) {
        CHECK(kernel.launch(elementwise).evaluation.flops.value == 16.0);
        CHECK(kernel.collectedAll());
    }
}
