// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/cupti/chip_plans.hpp"
#include "tests/support/approved.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

const std::array<std::string, 8> chipColumns{"GV100", "TU102", "GA100", "GA102",
                                             "AD102", "GH100", "GB100", "GB202"};
using Row = std::array<std::size_t, 8>;

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

}  // namespace

TEST_CASE("the passes of every set are those measured for CUPTI 13.0.85") {
    const std::map<std::string, Row> table{
        {"bytes", {1, 1, 1, 1, 1, 1, 1, 1}},  {"flops", {1, 1, 1, 1, 1, 1, 1, 1}},
        {"tensor", {1, 1, 2, 2, 3, 2, 3, 5}}, {"roofline", {2, 2, 3, 3, 4, 3, 4, 6}},
        {"int", {2, 3, 6, 6, 7, 5, 5, 7}},    {"all", {2, 3, 9, 9, 10, 8, 8, 11}},
    };
    for (const auto& [set, passes] : table) {
        for (std::size_t i = 0; i < chipColumns.size(); ++i) {
            INFO(set << " on " << chipColumns[i]);
            CHECK(test::passesOf(chipColumns[i], test::metricsOf(chipColumns[i], set)) == passes[i]);
        }
    }
}

TEST_CASE("bytes and CUDA-core FLOPs take two passes on every chip") {
    for (const std::string& chip : test::usableChips()) {
        INFO(chip);
        CHECK(test::passesOf(chip, joined(test::metricsOf(chip, "bytes"), test::metricsOf(chip, "flops"))) ==
              2);
    }
}

TEST_CASE("the tensor pipe probe is free on top of the bytes on every chip") {
    for (const std::string& chip : test::usableChips()) {
        INFO(chip);
        const auto bytes = test::metricsOf(chip, "bytes");
        CHECK(test::passesOf(chip, joined(bytes, {"sm__inst_executed_pipe_tensor.sum"})) == 1);
    }
}

TEST_CASE("one pass of GH100 holds the bytes and the tensor FLOPs of cuBLAS kernels") {
    const std::string prefix = "sm__ops_path_tensor_";
    std::vector<std::string> metrics = test::metricsOf("GH100", "bytes");
    for (const char* leaf : {"op_hgmma_src_bf16_dst_fp32", "op_hgmma_src_fp16", "op_hgmma_src_tf32_dst_fp32",
                             "src_fp8", "op_hmma_src_bf16_dst_fp32", "op_hmma_src_fp16_dst_fp32"}) {
        metrics.push_back(prefix + leaf + "_sparsity_off.sum");
    }
    CHECK(test::passesOf("GH100", metrics) == 1);
}

TEST_CASE("the default set takes no more than six passes anywhere") {
    for (const std::string& chip : test::usableChips()) {
        INFO(chip);
        const std::size_t passes = test::passesOf(chip, test::metricsOf(chip, "roofline"));
        CHECK(passes >= 2);
        CHECK(passes <= 6);
    }
}

TEST_CASE("every set on every chip is the approved table") {
    std::string table = "# set chip passes metrics missing; CUPTI 12.9 and 13.0 alike\n";
    for (const std::string& set : metrics::setNames()) {
        for (const metrics::MetricPlan& plan : cupti::planMetricsOfAllChips(set)) {
            table += fmt::format(
                "{:11} {:5} {:2} {:2} {}\n", plan.set, plan.chip, plan.passes, plan.metrics.size(),
                plan.missing.empty() ? "-" : fmt::format("{}", fmt::join(plan.missing, ", ")));
        }
    }
    test::checkApproved("metric_plans.txt", table);
}
