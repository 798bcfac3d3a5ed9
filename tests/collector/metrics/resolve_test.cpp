// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/resolve.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace ridge::metrics;

namespace {

constexpr const char* prefix = "sm__ops_path_tensor_";

std::vector<std::string> leafNames(const Resolution& resolution, const std::string& path) {
    std::vector<std::string> names;
    for (const TensorLeaf& leaf : resolution.leaves) {
        if (leaf.path == path) names.push_back(leaf.metric);
    }
    return names;
}

std::vector<std::string> tensorBases(std::initializer_list<const char*> names) {
    std::vector<std::string> bases;
    for (const char* name : names) bases.push_back(std::string(prefix) + name);
    return bases;
}

}  // namespace

TEST_CASE("a role is played by the first of its counters that the chip has") {
    const MetricSet set = loadSet("bytes");
    CHECK(resolve(set, {"dram__bytes_op_read"}).counters.at("dram_read") == "dram__bytes_op_read.sum");
    CHECK(resolve(set, {"dram__bytes_op_read", "dram__bytes_read"}).counters.at("dram_read") ==
          "dram__bytes_read.sum");
}

TEST_CASE("a role without a counter is missing by name, an optional one is not") {
    const Resolution none = resolve(loadSet("flops"), {});
    CHECK(none.metrics.empty());
    CHECK(none.missing.size() == 9);
    CHECK(std::count(none.missing.begin(), none.missing.end(), "ffma") == 1);
    CHECK(std::count(none.missing.begin(), none.missing.end(), "ffma2") == 0);
}

TEST_CASE("aggregates, second views, sparse and integer counters are left out of the dense leaves") {
    const Resolution found = resolve(
        loadSet("tensor"),
        tensorBases({"src_bf16_dst_fp32", "src_bf16_dst_fp32_sparsity_off", "src_bf16_dst_fp32_sparsity_on",
                     "src_bf16_dst_fp32_sparsity_off_realtime", "src_int8_sparsity_off", "src_fp64"}));
    REQUIRE(found.leaves.size() == 2);
    CHECK(leafNames(found, "tensor_bf16") ==
          std::vector<std::string>{"sm__ops_path_tensor_src_bf16_dst_fp32_sparsity_off.sum"});
    CHECK(leafNames(found, "tensor_fp64") == std::vector<std::string>{"sm__ops_path_tensor_src_fp64.sum"});
}

TEST_CASE("each accumulator of fp16 has its own path and Hopper's joint counter the common one") {
    const Resolution found = resolve(
        loadSet("tensor"),
        tensorBases({"op_hmma_src_fp16_dst_fp16_sparsity_off", "op_hmma_src_fp16_dst_fp32_sparsity_off",
                     "op_hgmma_src_fp16_sparsity_off", "src_fp16"}));
    CHECK(leafNames(found, "tensor_fp16_acc16").size() == 1);
    CHECK(leafNames(found, "tensor_fp16").size() == 2);
}

TEST_CASE("sparse leaves go to paths of their own") {
    const Resolution found = resolve(
        loadSet("sparse"), tensorBases({"src_bf16_dst_fp32_sparsity_off", "src_bf16_dst_fp32_sparsity_on"}));
    CHECK(leafNames(found, "tensor_bf16").size() == 1);
    CHECK(leafNames(found, "tensor_bf16_sparse").size() == 1);
}

TEST_CASE("a tensor counter that no path takes or that cannot be read is missing by name, not dropped") {
    const Resolution found =
        resolve(loadSet("tensor"), tensorBases({"src_fp2_dst_fp32", "cycles", "src_fp64"}));
    CHECK(std::count(found.missing.begin(), found.missing.end(),
                     "tensor: sm__ops_path_tensor_src_fp2_dst_fp32 has no path") == 1);
    CHECK(std::count(found.missing.begin(), found.missing.end(),
                     "tensor: cannot read the name sm__ops_path_tensor_cycles") == 1);
    CHECK(found.leaves.size() == 1);
}

TEST_CASE("a counter that plays two roles is collected once") {
    MetricSet set;
    set.counters = {{"read", {"dram__bytes_read.sum"}, "byte", "", false},
                    {"again", {"dram__bytes_read.sum"}, "byte", "", false}};
    const Resolution found = resolve(set, {"dram__bytes_read"});
    CHECK(found.metrics == std::vector<std::string>{"dram__bytes_read.sum"});
    CHECK(found.counters.size() == 2);
}

TEST_CASE("signed and unsigned integer sources stay off the FLOP axis, whatever the paths say") {
    MetricSet set;
    set.leaves = {{"tensor", prefix, ".sum", {}, Axis::flop, false, ""},
                  {"integer", prefix, ".sum", {}, Axis::op, false, ""}};
    set.paths = {{"tensor_int8", Axis::op, {}, "", "uint8", "", false, ""},
                 {"tensor_int8", Axis::op, {}, "", "int8", "", false, ""},
                 {"tensor_fp32", Axis::flop, {}, "", "", "fp32", false, ""}};
    const Resolution found = resolve(set, tensorBases({"src_uint8", "src_int8", "src_bf16_dst_fp32"}));
    REQUIRE(found.leaves.size() == 3);
    CHECK(leafNames(found, "tensor_int8").size() == 2);
    CHECK(leafNames(found, "tensor_fp32").size() == 1);
    for (const TensorLeaf& leaf : found.leaves)
        CHECK((leaf.axis == Axis::op) == (leaf.path == "tensor_int8"));

    set.paths[1].axis = Axis::flop;  // a path that would put integer operations among the FLOPs takes none
    const Resolution wrong = resolve(set, tensorBases({"src_int8", "src_bf16_dst_fp32"}));
    CHECK(leafNames(wrong, "tensor_int8").empty());
    CHECK(wrong.missing == std::vector<std::string>{"integer: sm__ops_path_tensor_src_int8 has no path"});
}

TEST_CASE("the tensor pipe stands for leaves that the chip has no counter for, and only for those") {
    const MetricSet set = loadSet("tensor");
    const Resolution without = resolve(set, {"sm__inst_executed_pipe_tensor"});
    CHECK(without.witness == "sm__inst_executed_pipe_tensor.sum");
    CHECK(without.metrics == std::vector<std::string>{without.witness});
    CHECK_FALSE(without.probe);
    CHECK(std::count(without.missing.begin(), without.missing.end(), "tensor") == 1);

    std::vector<std::string> bases = tensorBases({"src_fp64"});
    bases.emplace_back("sm__inst_executed_pipe_tensor");
    CHECK(resolve(set, bases).witness.empty());
    CHECK(resolve(set, {}).witness.empty());
    CHECK(resolve(loadSet("flops"), {"sm__inst_executed_pipe_tensor"}).witness.empty());
}

TEST_CASE("what tensor operations a set leaves out is told, each once and no union of others") {
    const auto bases =
        tensorBases({"src_bf16_dst_fp32", "src_bf16_dst_fp32_sparsity_off", "src_bf16_dst_fp32_sparsity_on",
                     "src_bf16_dst_fp32_sparsity_off_realtime", "src_int8", "src_int8_sparsity_off",
                     "src_int8_sparsity_on", "src_fp64"});
    const std::vector<std::string> sparse{"sm__ops_path_tensor_src_bf16_dst_fp32_sparsity_on.sum"},
        integer{"sm__ops_path_tensor_src_int8_sparsity_off.sum",
                "sm__ops_path_tensor_src_int8_sparsity_on.sum"};
    CHECK(resolve(loadSet("roofline"), bases).unseen ==
          std::vector<std::string>{sparse[0], integer[0], integer[1]});
    CHECK(resolve(loadSet("tensor-fast"), bases).unseen ==
          std::vector<std::string>{sparse[0], "sm__ops_path_tensor_src_fp64.sum", integer[0], integer[1]});
    CHECK(resolve(loadSet("all"), bases).unseen.empty());
    CHECK(resolve(loadSet("bytes"), bases).unseen.empty());
}

TEST_CASE("the tensor pipe is seen by the counter that is not outdated, less the packed fp16 work on it") {
    const std::string pipe = "sm__inst_executed_pipe_tensor";
    CHECK_FALSE(resolve(loadSet("bytes"), {"dram__bytes_read"}).pipe);
    CHECK(resolve(loadSet("bytes"), {pipe}).pipe.value().metric == pipe + ".sum");
    CHECK(resolve(loadSet("bytes"), {pipe}).pipe.value().half.empty());
    CHECK(resolve(loadSet("bytes"), {pipe, pipe + "_v2"}).pipe.value().metric == pipe + "_v2.sum");
    CHECK(resolve(loadSet("bytes"), {pipe, pipe + "_op_hmma_type_hfma2"}).pipe.value().half ==
          pipe + "_op_hmma_type_hfma2.sum");
}
