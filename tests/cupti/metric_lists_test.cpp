// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/cupti/chip_plans.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using Names = std::set<std::string>;

namespace {

constexpr const char* tensorPrefix = "sm__ops_path_tensor_";

/// chip -> list -> metrics, recorded from CUPTI 13.0.85.
nlohmann::json recorded() {
    std::ifstream file(RIDGE_SOURCE_DIR "/tests/data/metric_sets.json");
    return nlohmann::json::parse(file);
}

Names namesOf(const nlohmann::json& list) {
    return list.get<Names>();
}

Names leavesOf(const std::string& chip, const std::string& set, const std::string& role) {
    Names names;
    for (const metrics::TensorLeaf& leaf : test::resolutionOf(chip, set).leaves) {
        if (leaf.role == role) names.insert(leaf.metric);
    }
    return names;
}

std::vector<std::string> tokens(const std::string& name) {
    std::vector<std::string> list;
    std::istringstream text(name);
    for (std::string token; std::getline(text, token, '_');) list.push_back(token);
    return list;
}

/// The source types of a counter's name, "fp4_fp6".
std::string sourcesOf(const std::string& name) {
    std::string sources = name.substr(name.find("src_") + 4);
    for (const char* end : {"_dst_", "_sparsity_"}) sources = sources.substr(0, sources.find(end));
    return sources;
}

/// By text alone: `finer` says all that `name` says, in order, and more.
bool isFiner(const std::string& finer, const std::string& name) {
    if (sourcesOf(finer) != sourcesOf(name)) return false;
    const std::vector<std::string> words = tokens(finer);
    auto at = words.begin();
    for (const std::string& word : tokens(name)) {
        at = std::find(at, words.end(), word);
        if (at == words.end()) return false;
        ++at;
    }
    return words.size() > tokens(name).size();
}

/// Base names of the chip's tensor counters, without the second view of each that runs in real time.
Names tensorCounters(const std::string& chip) {
    Names names;
    for (const std::string& name : cupti::HostProfiler(test::api(), chip).counters()) {
        if (name.starts_with(tensorPrefix) && name.find("_realtime") == std::string::npos) names.insert(name);
    }
    return names;
}

}  // namespace

TEST_CASE("the rules find the recorded metrics of the eight recorded chips") {
    const nlohmann::json chips = recorded();
    for (const auto& [chip, lists] : chips.items()) {
        INFO(chip);
        CHECK(test::metricsOf(chip, "bytes") == lists.at("mem").get<std::vector<std::string>>());
        Names flops = namesOf(lists.at("fp_sass"));
        if (chip == "GB100") {
            for (const char* op : {"fadd2", "fmul2", "ffma2"}) {
                flops.insert("smsp__sass_thread_inst_executed_op_" + std::string(op) + "_pred_on.sum");
            }
        }
        const auto counted = test::metricsOf(chip, "flops");
        CHECK(Names(counted.begin(), counted.end()) == flops);
        CHECK(leavesOf(chip, "tensor", "tensor") == namesOf(lists.at("tensor_dense_float")));
        CHECK(leavesOf(chip, "int", "tensor_int") == namesOf(lists.at("tensor_dense_int")));
        Names sparse = leavesOf(chip, "all", "tensor_sparse");
        sparse.merge(leavesOf(chip, "all", "tensor_int_sparse"));
        CHECK(sparse == namesOf(lists.at("tensor_sparse")));
    }
}

TEST_CASE("no tensor leaf is the union of other counters") {
    for (const std::string& chip : test::usableChips()) {
        const Names counters = tensorCounters(chip);
        for (const metrics::TensorLeaf& leaf : test::resolutionOf(chip, "all").leaves) {
            for (const std::string& other : counters) {
                INFO(chip << ": " << leaf.metric << " and " << other);
                CHECK_FALSE(isFiner(other, metrics::baseName(leaf.metric)));
            }
        }
    }
}

TEST_CASE("every tensor counter of every chip is a leaf of 'all' or the union of leaves") {
    for (const std::string& chip : test::usableChips()) {
        Names leaves;
        for (const auto& leaf : test::resolutionOf(chip, "all").leaves)
            leaves.insert(metrics::baseName(leaf.metric));
        for (const std::string& counter : tensorCounters(chip)) {
            const auto covers = [&](const std::string& leaf) { return isFiner(leaf, counter); };
            INFO(chip << ": " << counter);
            CHECK((leaves.contains(counter) || std::any_of(leaves.begin(), leaves.end(), covers)));
        }
    }
}

TEST_CASE(
    "every chip with tensor cores has tensor leaves, the GTX 16 chips have their pipe alone and say so") {
    for (const std::string& chip : test::usableChips()) {
        INFO(chip);
        const metrics::Resolution resolution = test::resolutionOf(chip, "roofline");
        const bool without = chip == "TU116" || chip == "TU117";
        CHECK(resolution.leaves.empty() == without);
        CHECK((std::count(resolution.missing.begin(), resolution.missing.end(), "tensor") == 1) == without);
        CHECK(resolution.witness == (without ? "sm__inst_executed_pipe_tensor.sum" : ""));
    }
}

TEST_CASE("DRAM bytes are missing by name on the three integrated chips and nowhere else") {
    const Names integrated{"GA10B", "GB10B", "GB20B"};
    for (const std::string& chip : test::usableChips()) {
        INFO(chip);
        const auto missing = test::resolutionOf(chip, "bytes").missing;
        const std::vector<std::string> dram{"dram_read", "dram_write"};
        CHECK(missing == (integrated.contains(chip) ? dram : std::vector<std::string>{}));
    }
}
