// SPDX-License-Identifier: Apache-2.0
// How many replays each chip takes for a set: with nothing known, with a probe, for work seen before, and
// where what was known is wrong.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "collector/metrics/replay_plan.hpp"
#include "collector/metrics/silent_zero.hpp"
#include "tests/cupti/chip_plans.hpp"
#include "tests/support/approved.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using metrics::Names;
using metrics::ReplayPlan;

namespace {

/// Passes of a chip, planned once for the same metrics, as the backend does, and once for all tests.
class Planned {
 public:
    explicit Planned(std::string chip) : m_chip(std::move(chip)) {}
    std::size_t operator()(const Names& names) {
        if (names.empty()) return 0;
        const auto known = m_passes.find(names);
        if (known != m_passes.end()) return known->second;
        return m_passes[names] = test::passesOf(m_chip, names);
    }

 private:
    std::string m_chip;
    std::map<Names, std::size_t> m_passes;
};

Planned& planned(const std::string& chip) {
    static std::map<std::string, Planned> chips;
    return chips.try_emplace(chip, chip).first->second;
}

/// Execution counters that a kernel of these leaves and any CUDA-core FLOPs does not touch.
std::set<std::string> zerosBut(const metrics::Resolution& resolution, const std::set<std::string>& counted) {
    std::set<std::string> zeros;
    for (const metrics::TensorLeaf& leaf : resolution.leaves) {
        if (!counted.contains(leaf.path)) zeros.insert(leaf.metric);
    }
    return zeros;
}

std::set<std::string> sassOf(const metrics::Resolution& resolution) {
    std::set<std::string> names;
    for (const std::string& metric : resolution.metrics) {
        if (metric.find("__sass_") != std::string::npos) names.insert(metric);
    }
    return names;
}

}  // namespace

namespace {

/// Replays of one set on one chip.
struct Row {
    std::size_t once = 0, withWork = 0, withoutWork = 0;
    std::size_t bf16 = 0, cores = 0, pure = 0;  ///< of work seen before
    std::size_t contradicted = 0;  ///< the most of those three, where they do other work after all
    std::size_t zero = 0;          ///< of unknown work without a FLOP, the tensor pipe looked at
};

Row rowOf(const std::string& chip, const std::string& set) {
    Planned& passes = planned(chip);
    const metrics::Resolution resolution = test::resolutionOf(chip, set);
    Row row;
    row.once = passes(resolution.metrics);
    const ReplayPlan unknown = metrics::planReplays(resolution, {}, std::ref(passes));
    const std::size_t first = passes(unknown.first);
    row.withWork = first + passes(unknown.withWork);
    row.withoutWork = first + passes(unknown.withoutWork);
    const auto known = [&](const std::set<std::string>& zeros) {
        const ReplayPlan plan = metrics::planReplays(resolution, zeros, std::ref(passes));
        const std::size_t taken = passes(plan.first);
        if (!plan.omitted.empty())
            row.contradicted = std::max(row.contradicted, taken + passes(plan.omitted));
        return plan.probe.empty() ? taken : row.withWork;
    };
    const std::set<std::string> product = zerosBut(resolution, {"tensor_bf16"});
    std::set<std::string> pure = product;
    pure.merge(sassOf(resolution));
    row.bf16 = known(product);
    row.cores = known(zerosBut(resolution, {}));
    row.pure = known(pure);
    row.zero = unknown.probe.empty() ? row.once : row.withoutWork;
    const Names pipe = metrics::tensorPipeOf(resolution);
    const bool isSeen = std::all_of(pipe.begin(), pipe.end(), [&](const std::string& counter) {
        return std::count(unknown.first.begin(), unknown.first.end(), counter) != 0;
    });
    if (metrics::loadSet(set).countsAllFlops && !isSeen) row.zero += passes(pipe);
    return row;
}

/// 0 stands for "nothing is left out, so nothing can be contradicted".
std::string text(std::size_t replays) {
    return replays == 0 ? "-" : std::to_string(replays);
}

}  // namespace

TEST_CASE(
    "replays with and without knowledge are the approved table, and never more than all at once, also where "
    "what was known turns out wrong") {
    std::string table =
        "# Replays, a probe counted; CUPTI 12.9 and 13.0 alike\n"
        "# set, chip, all at once, unknown work: with tensor instructions | without, seen before: bf16 "
        "product | "
        "CUDA cores only | bf16 product without CUDA-core FLOPs, the most of these where what was known is "
        "contradicted, unknown work without a FLOP, the tensor pipe looked at\n";
    for (const std::string& set : metrics::setNames()) {
        for (const std::string& chip : test::usableChips()) {
            INFO(set << " on " << chip);
            const Row row = rowOf(chip, set);
            for (const std::size_t replays :
                 {row.withWork, row.withoutWork, row.bf16, row.cores, row.pure, row.contradicted})
                CHECK(replays <= row.once);
            CHECK(row.zero <= row.once + 1);
            if (set == "roofline") CHECK((row.bf16 == 2 && row.cores == 2 && row.pure == 1));
            table += fmt::format("{:11} {:5} {:2}  {} | {}  {} | {} | {}  {}  {}\n", set, chip, row.once,
                                 row.withWork, row.withoutWork, row.bf16, row.cores, row.pure,
                                 text(row.contradicted), row.zero);
        }
    }
    test::checkApproved("replay_plans.txt", table);
}

TEST_CASE(
    "a kernel launched before takes no more passes than at first, and an idle tensor pipe is looked at") {
    for (const std::string& chip : test::usableChips()) {
        Planned& passes = planned(chip);
        for (const std::string& set : metrics::setNames()) {
            INFO(chip << " " << set);
            const metrics::Resolution resolution = test::resolutionOf(chip, set);
            const std::size_t once = passes(resolution.metrics);
            CHECK(passes(metrics::planAtOnce(resolution, std::ref(passes)).first) == once);
            CHECK(
                passes(metrics::planAgain(resolution, zerosBut(resolution, {"tensor_bf16"}), std::ref(passes))
                           .first) <= once);
            const ReplayPlan idle =
                metrics::planAgain(resolution, zerosBut(resolution, {}), std::ref(passes));
            CHECK(passes(idle.first) <= once);
            if (resolution.leaves.empty()) continue;
            for (const std::string& counter : metrics::tensorPipeOf(resolution)) {
                CHECK(std::count(idle.first.begin(), idle.first.end(), counter) == 1);
            }
            if (set == "roofline") CHECK(passes(idle.first) == 2);
            if (set.starts_with("tensor")) CHECK(passes(idle.first) == 1);
        }
    }
}

TEST_CASE(
    "the tensor pipe's counters are told less the packed fp16 work where CUPTI says that it runs there") {
    std::set<std::string> chips, withoutFp64;
    for (const std::string& chip : test::usableChips()) {
        const metrics::Resolution resolution = test::resolutionOf(chip, "roofline");
        REQUIRE(resolution.pipe.has_value());
        if (resolution.pipe->isWithoutFp64) withoutFp64.insert(chip);
        if (!resolution.pipe->half.empty()) chips.insert(chip);
        if (resolution.probe) CHECK(resolution.pipe->metric == resolution.probe->metric);
        std::vector<std::string> bytes = test::metricsOf(chip, "bytes");
        for (const std::string& counter : metrics::tensorPipeOf(resolution)) bytes.push_back(counter);
        CHECK(test::passesOf(chip, bytes) == 1);
        CHECK(test::resolutionOf(chip, "all").unseen.empty());
    }
    CHECK(chips == std::set<std::string>{"GA100", "GA10B", "GH100"});
    for (const char* chip : {"GA102", "GA10B", "AD102", "GB110", "GB10B", "GB202"})
        CHECK(withoutFp64.contains(chip));
    for (const char* chip : {"GV100", "TU102", "GA100", "GH100", "GB100", "GB102"})
        CHECK_FALSE(withoutFp64.contains(chip));
}

TEST_CASE("beside a free tensor pipe integer work is collected where that is free") {
    std::string free;
    for (const char* chip : {"GA100", "GH100", "AD102", "GB100", "GB110", "GB10B", "GB202"}) {
        const metrics::Resolution resolution = test::resolutionOf(chip, "roofline");
        const Names integers = metrics::unseenIntegersOf(resolution);
        const Names first = metrics::planAtOnce(resolution, std::ref(planned(chip))).first;
        const auto taken = std::count_if(integers.begin(), integers.end(), [&](const std::string& name) {
            return std::count(first.begin(), first.end(), name) != 0;
        });
        free += fmt::format("{} {} of {}, ", chip, taken, integers.size());
    }
    CHECK(
        free ==
        "GA100 0 of 5, GH100 0 of 6, AD102 0 of 5, GB100 1 of 4, GB110 2 of 2, GB10B 1 of 4, GB202 0 of 2, ");
}

TEST_CASE("on GH100 the bytes and the tensor FLOPs of a kernel seen before come in one pass") {
    const metrics::Resolution resolution = test::resolutionOf("GH100", "tensor");
    Planned& passes = planned("GH100");
    const ReplayPlan plan =
        metrics::planReplays(resolution, zerosBut(resolution, {"tensor_bf16"}), std::ref(passes));
    CHECK(passes(plan.first) == 1);
    CHECK_FALSE(plan.checked.empty());
    CHECK(plan.first.size() + plan.omitted.size() == resolution.metrics.size());
}

TEST_CASE("on GH100 the set tensor-fast is one pass of three hgmma leaves, fp8 and two hmma leaves") {
    const metrics::Resolution resolution = test::resolutionOf("GH100", "tensor-fast");
    CHECK(test::passesOf("GH100", resolution.metrics) == 1);
    std::set<std::string> leaves;
    for (const metrics::TensorLeaf& leaf : resolution.leaves) {
        leaves.insert(metrics::baseName(leaf.metric).substr(std::string("sm__ops_path_tensor_").size()));
    }
    CHECK(leaves == std::set<std::string>{
                        "op_hgmma_src_bf16_dst_fp32_sparsity_off", "op_hgmma_src_fp16_sparsity_off",
                        "op_hgmma_src_tf32_dst_fp32_sparsity_off", "op_hmma_src_bf16_dst_fp32_sparsity_off",
                        "op_hmma_src_fp16_dst_fp32_sparsity_off", "src_fp8_sparsity_off"});
}

TEST_CASE("the probe of a chip is the tensor pipe's instruction counter that CUPTI does not call outdated") {
    for (const std::string& chip : test::usableChips()) {
        INFO(chip);
        const metrics::Resolution resolution = test::resolutionOf(chip, "roofline");
        REQUIRE(resolution.probe.has_value() == !resolution.leaves.empty());
        if (!resolution.probe) continue;
        CHECK((resolution.probe->metric == "sm__inst_executed_pipe_tensor_v2.sum") ==
              chip.starts_with("AD10"));
        for (const std::string& leaf : resolution.probe->covers) {
            CHECK(leaf.find("src_fp64") == std::string::npos);
        }
    }
}
