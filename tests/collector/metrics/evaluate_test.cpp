// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/evaluate.hpp"

#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"

using namespace ridge::metrics;
using Values = std::map<std::string, double>;

namespace {

std::string sass(const std::string& op) {
    return "smsp__sass_thread_inst_executed_op_" + op + "_pred_on";
}
std::string tensor(const std::string& leaf) {
    return "sm__ops_path_tensor_" + leaf;
}

/// Base names of a small chip of Ampere's kind.
std::vector<std::string> smallChip() {
    std::vector<std::string> bases{"dram__bytes_read", "dram__bytes_write",  "lts__t_bytes",
                                   "l1tex__t_bytes",   "gpu__time_duration", "sm__cycles_elapsed"};
    for (const char* op : {"fadd", "fmul", "ffma", "dadd", "dmul", "dfma", "hadd", "hmul", "hfma"}) {
        bases.push_back(sass(op));
    }
    for (const char* leaf :
         {"src_bf16_dst_fp32_sparsity_off", "src_bf16_dst_fp32_sparsity_on", "src_fp16_dst_fp32_sparsity_off",
          "src_fp16_dst_fp32_sparsity_on", "src_int8_sparsity_off"}) {
        bases.push_back(tensor(leaf));
    }
    return bases;
}

/// One of each counter the set asks for, all different: the k-th metric counts 2^k.
Values powers(const Resolution& resolution) {
    Values values;
    for (std::size_t k = 0; k < resolution.metrics.size(); ++k)
        values[resolution.metrics[k]] = std::pow(2.0, k);
    return values;
}

Values zeros(const Resolution& resolution) {
    Values values;
    for (const std::string& metric : resolution.metrics) values[metric] = 0;
    return values;
}

struct Case {
    explicit Case(const std::string& name, const std::vector<std::string>& bases = smallChip())
        : set(loadSet(name)), resolution(resolve(set, bases)), values(zeros(resolution)) {}
    [[nodiscard]] Evaluation run() const { return evaluate(set, resolution, values); }

    MetricSet set;
    Resolution resolution;
    Values values;
};

}  // namespace

TEST_CASE("FLOPs are additions, multiplications and twice the fused ones") {
    Case flops("flops");
    flops.values[sass("fadd") + ".sum"] = 1;
    flops.values[sass("fmul") + ".sum"] = 10;
    flops.values[sass("ffma") + ".sum"] = 100;
    flops.values[sass("dadd") + ".sum"] = 3;
    flops.values[sass("dmul") + ".sum"] = 30;
    flops.values[sass("dfma") + ".sum"] = 300;
    flops.values[sass("hadd") + ".sum"] = 5;
    flops.values[sass("hmul") + ".sum"] = 50;
    flops.values[sass("hfma") + ".sum"] = 500;
    const Evaluation result = flops.run();
    CHECK(result.paths.at("fp32").value == 211.0);
    CHECK(result.paths.at("fp64").value == 633.0);
    CHECK(result.paths.at("half2").value == 2110.0);
    CHECK(result.paths.at("half2").upperBound);
    CHECK_FALSE(result.paths.at("fp32").upperBound);
}

TEST_CASE("packed fp32 counts where the chip has it") {
    std::vector<std::string> bases = smallChip();
    for (const char* op : {"fadd2", "fmul2", "ffma2"}) bases.push_back(sass(op));
    Case flops("flops", bases);
    flops.values[sass("ffma") + ".sum"] = 1;
    flops.values[sass("fadd2") + ".sum"] = 10;
    flops.values[sass("fmul2") + ".sum"] = 100;
    flops.values[sass("ffma2") + ".sum"] = 1000;
    CHECK(flops.run().paths.at("fp32").value == 4222.0);
    flops.values.erase(sass("ffma2") + ".sum");
    CHECK_FALSE(flops.run().paths.at("fp32").value);
}

TEST_CASE("only packed fp32 may be absent from a chip: without additions there are no FLOPs") {
    std::vector<std::string> bases = smallChip();
    std::erase(bases, sass("fadd"));
    const Evaluation result = Case("flops", bases).run();
    CHECK_FALSE(result.paths.at("fp32").value);
    CHECK(result.paths.at("fp32").reason == "the chip has no counter for fadd");
    CHECK(result.paths.at("fp64").value == 0.0);
}

TEST_CASE("bytes, time and clock are read by role") {
    Case bytes("bytes");
    bytes.values = {{"dram__bytes_read.sum", 1000},
                    {"dram__bytes_write.sum", 24},
                    {"lts__t_bytes.sum", 4096},
                    {"l1tex__t_bytes.sum", 8192},
                    {"gpu__time_duration.sum", 12345},
                    {"sm__cycles_elapsed.max", 77},
                    {"sm__cycles_elapsed.avg.per_second", 1.7e9}};
    const Evaluation result = bytes.run();
    CHECK(result.dramReadBytes.value == 1000.0);
    CHECK(result.dramWriteBytes.value == 24.0);
    CHECK(result.dramBytes.value == 1024.0);
    CHECK(result.l2Bytes.value == 4096.0);
    CHECK(result.l1Bytes.value == 8192.0);
    CHECK(result.timeNs.value == 12345.0);
    CHECK(result.smClockHz.value == 1.7e9);
    CHECK_FALSE(result.flops.value);
    CHECK(result.flops.reason == "metric set 'bytes' does not count every FLOP");
    CHECK(result.dominantPath.empty());
}

TEST_CASE("a sum with a part that was not delivered has no value and says which") {
    Case bytes("bytes");
    bytes.values.erase("dram__bytes_write.sum");
    const Evaluation result = bytes.run();
    CHECK(result.dramReadBytes.value == 0.0);
    CHECK_FALSE(result.dramWriteBytes.value);
    CHECK_FALSE(result.dramBytes.value);
    CHECK(result.dramBytes.reason == "dram__bytes_write.sum was not delivered");
    CHECK(result.l2Bytes.value == 0.0);
}

TEST_CASE("NaN is as good as not delivered") {
    Case bytes("bytes");
    bytes.values["dram__bytes_read.sum"] = std::numeric_limits<double>::quiet_NaN();
    const Evaluation result = bytes.run();
    CHECK_FALSE(result.dramBytes.value);
    CHECK(result.dramBytes.reason == "dram__bytes_read.sum is NaN");
}

TEST_CASE("a chip without DRAM counters has no DRAM bytes") {
    const Case bytes("bytes", {"lts__t_bytes"});
    const Evaluation result = bytes.run();
    CHECK_FALSE(result.dramBytes.value);
    CHECK(result.dramBytes.reason == "the chip has no counter for dram_read");
    CHECK(result.l2Bytes.value == 0.0);
}

TEST_CASE("executed FLOPs are the sum of all dense floating-point paths and the largest dominates") {
    Case roofline("roofline");
    roofline.values[sass("ffma") + ".sum"] = 1000;
    roofline.values[sass("hadd") + ".sum"] = 7;
    roofline.values[tensor("src_bf16_dst_fp32_sparsity_off") + ".sum"] = 65536;
    roofline.values[tensor("src_fp16_dst_fp32_sparsity_off") + ".sum"] = 4096;
    const Evaluation result = roofline.run();
    CHECK(result.paths.at("tensor_bf16").value == 65536.0);
    CHECK(result.paths.at("tensor_fp16").value == 4096.0);
    CHECK(result.flops.value == 2000.0 + 14 + 65536 + 4096);
    CHECK(result.flops.upperBound);
    CHECK(result.dominantPath == "tensor_bf16");
}

TEST_CASE("a kernel without FLOPs has a total of zero and no dominant path") {
    const Evaluation result = Case("roofline").run();
    CHECK(result.flops.value == 0.0);
    CHECK_FALSE(result.flops.upperBound);
    CHECK(result.dominantPath.empty());
    CHECK_FALSE(result.paths.contains("tensor_fp8"));  // the chip has none: not a counted zero
}

TEST_CASE("one missing path takes the total and the dominant path with it") {
    Case roofline("roofline");
    roofline.values[sass("ffma") + ".sum"] = 1000;
    roofline.values.erase(tensor("src_fp16_dst_fp32_sparsity_off") + ".sum");
    const Evaluation result = roofline.run();
    CHECK(result.paths.at("fp32").value == 2000.0);
    CHECK_FALSE(result.paths.at("tensor_fp16").value);
    CHECK_FALSE(result.flops.value);
    CHECK(result.flops.reason == "sm__ops_path_tensor_src_fp16_dst_fp32_sparsity_off.sum was not delivered");
    CHECK(result.dominantPath.empty());
}

TEST_CASE("the leaves of one path add up, in the path and in the total") {
    std::vector<std::string> bases = smallChip();
    std::erase(bases, tensor("src_bf16_dst_fp32_sparsity_off"));
    bases.push_back(tensor("op_hgmma_src_bf16_dst_fp32_sparsity_off"));
    bases.push_back(tensor("op_hmma_src_bf16_dst_fp32_sparsity_off"));
    Case roofline("roofline", bases);
    roofline.values[tensor("op_hgmma_src_bf16_dst_fp32_sparsity_off") + ".sum"] = 65536;
    roofline.values[tensor("op_hmma_src_bf16_dst_fp32_sparsity_off") + ".sum"] = 512;
    const Evaluation result = roofline.run();
    CHECK(result.paths.at("tensor_bf16").value == 66048.0);
    CHECK(result.flops.value == 66048.0);
}

TEST_CASE("a path with two leaves has no value when either is missing") {
    std::vector<std::string> bases = smallChip();
    bases.push_back(tensor("op_hgmma_src_bf16_dst_fp32_sparsity_off"));
    bases.push_back(tensor("op_hmma_src_bf16_dst_fp32_sparsity_off"));
    for (const char* lost :
         {"op_hgmma_src_bf16_dst_fp32_sparsity_off", "op_hmma_src_bf16_dst_fp32_sparsity_off"}) {
        Case roofline("roofline", bases);
        REQUIRE(roofline.values.erase(tensor(lost) + ".sum") == 1);
        CHECK_FALSE(roofline.run().paths.at("tensor_bf16").value);
    }
}

TEST_CASE("a chip without tensor counters has no total") {
    std::vector<std::string> bases = smallChip();
    std::erase_if(bases, [](const std::string& base) { return base.starts_with("sm__ops_path_tensor_"); });
    const Evaluation result = Case("roofline", bases).run();
    CHECK_FALSE(result.flops.value);
    CHECK(result.flops.reason == "the chip has no counter for tensor");
}

TEST_CASE("a chip whose tensor pipe is all that it counts has a total where that pipe did nothing") {
    std::vector<std::string> bases = smallChip();
    std::erase_if(bases, [](const std::string& base) { return base.starts_with("sm__ops_path_tensor_"); });
    bases.push_back("sm__inst_executed_pipe_tensor");
    const std::string pipe = "sm__inst_executed_pipe_tensor.sum";
    Case roofline("roofline", bases);
    REQUIRE(roofline.values.contains(pipe));
    roofline.values[sass("ffma") + ".sum"] = 100;
    CHECK(roofline.run().flops.value == 200.0);
    CHECK(roofline.run().dominantPath == "fp32");

    roofline.values[pipe] = 7;
    CHECK_FALSE(roofline.run().flops.value);
    CHECK(roofline.run().flops.reason == "the chip has no counter for tensor, and " + pipe + " is 7");
    CHECK(roofline.run().dominantPath.empty());

    roofline.values.erase(pipe);
    CHECK_FALSE(roofline.run().flops.value);
    CHECK(roofline.run().flops.reason ==
          "the chip has no counter for tensor, and " + pipe + " was not delivered");
}

TEST_CASE("an idle tensor pipe proves nothing of a chip whose tensor counters did not resolve") {
    std::vector<std::string> bases = smallChip();
    std::erase_if(bases, [](const std::string& base) { return base.starts_with("sm__ops_path_tensor_"); });
    bases.push_back("sm__inst_executed_pipe_tensor");
    bases.push_back(tensor("src_fp2_dst_fp32_sparsity_off"));
    Case roofline("roofline", bases);
    CHECK(roofline.resolution.leaves.empty());
    roofline.values["sm__inst_executed_pipe_tensor.sum"] = 0;
    CHECK_FALSE(roofline.run().flops.value);
}

TEST_CASE("integer work is counted beside the FLOPs, never in them") {
    Case integers("int");
    integers.values[sass("fadd") + ".sum"] = 3;
    integers.values[tensor("src_int8_sparsity_off") + ".sum"] = 1000;
    const Evaluation result = integers.run();
    CHECK(result.paths.at("tensor_int8").value == 1000.0);
    CHECK(result.flops.value == 3.0);
    CHECK(result.dominantPath == "fp32");
}

TEST_CASE("sparse work has its own path and leaves no dense total") {
    Case sparse("sparse");
    CHECK(sparse.run().flops.value == 0.0);
    sparse.values[tensor("src_bf16_dst_fp32_sparsity_on") + ".sum"] = 512;
    const Evaluation result = sparse.run();
    CHECK(result.paths.at("tensor_bf16_sparse").value == 512.0);
    CHECK(result.paths.at("tensor_bf16").value == 0.0);
    CHECK_FALSE(result.flops.value);
    CHECK_THAT(result.flops.reason, ContainsSubstring("tensor_bf16_sparse"));
    CHECK(result.dominantPath == "tensor_bf16_sparse");
}

TEST_CASE("dense work beside idle sparse counters is counted as ever") {
    Case sparse("sparse");
    sparse.values[tensor("src_bf16_dst_fp32_sparsity_off") + ".sum"] = 512;
    CHECK(sparse.run().flops.value == 512.0);
    CHECK(sparse.run().dominantPath == "tensor_bf16");
}

TEST_CASE("a chip without sparse or integer tensor counters still has a total") {
    for (const std::string lacking : {"_sparsity_on", "src_int8"}) {
        INFO(lacking);
        std::vector<std::string> bases = smallChip();
        std::erase_if(bases, [&](const auto& base) { return base.find(lacking) != std::string::npos; });
        Case set(lacking == "src_int8" ? "int" : "sparse", bases);
        REQUIRE_FALSE(set.resolution.missing.empty());
        set.values[tensor("src_bf16_dst_fp32_sparsity_off") + ".sum"] = 512;
        CHECK(set.run().flops.value == 512.0);
        CHECK(set.run().dominantPath == "tensor_bf16");
    }
}

TEST_CASE("a tensor counter that no path takes leaves no total: its work would be missing from it") {
    std::vector<std::string> bases = smallChip();
    bases.push_back(tensor("src_fp2_dst_fp32_sparsity_off"));
    Case roofline("roofline", bases);
    roofline.values[tensor("src_bf16_dst_fp32_sparsity_off") + ".sum"] = 512;
    const Evaluation result = roofline.run();
    CHECK_FALSE(result.flops.value);
    CHECK_THAT(result.flops.reason, ContainsSubstring("src_fp2_dst_fp32_sparsity_off has no path"));
    CHECK(result.dominantPath.empty());
}

TEST_CASE(
    "leaves that may count the same work leave no total where both counted, and bounds for their paths") {
    const std::string fp4 = tensor("src_fp4_dst_fp32_sparsity_off"),
                      fp6 = tensor("src_fp4_fp6_dst_fp32_sparsity_off");
    std::vector<std::string> bases = smallChip();
    bases.insert(bases.end(), {fp4, fp6});
    Case roofline("roofline", bases);
    roofline.values[fp4 + ".sum"] = 512;
    CHECK(roofline.run().flops.value == 512.0);
    CHECK(roofline.run().dominantPath == "tensor_fp4");
    CHECK_FALSE(roofline.run().paths.at("tensor_fp4").upperBound);

    roofline.values[fp6 + ".sum"] = 1024;
    const Evaluation both = roofline.run();
    CHECK_FALSE(both.flops.value);
    CHECK(both.flops.reason ==
          fp4 + ".sum and " + fp6 + ".sum both counted, and whether that is the same work is not known");
    CHECK(both.dominantPath.empty());
    CHECK(both.paths.at("tensor_fp4").value == 512.0);
    CHECK(both.paths.at("tensor_fp4").upperBound);
    CHECK(both.paths.at("tensor_fp6").upperBound);
    CHECK_FALSE(both.paths.at("tensor_bf16").upperBound);
}

TEST_CASE("one path of two leaves that may count the same work has no value where both counted") {
    const std::string fp8 = tensor("op_utcqmma_src_fp8_dst_fp32_sparsity_off"),
                      fp6 = tensor("op_utcqmma_src_fp4_fp6_dst_fp32_sparsity_off");
    std::vector<std::string> bases = smallChip();
    bases.insert(bases.end(), {fp8, fp6});
    Case roofline("roofline", bases);
    roofline.values[fp6 + ".sum"] = 512;
    CHECK(roofline.run().flops.value == 512.0);
    roofline.values[fp8 + ".sum"] = 512;
    const Evaluation both = roofline.run();
    CHECK_FALSE(both.paths.at("tensor_fp8").value);
    CHECK_FALSE(both.flops.value);
    CHECK_THAT(both.flops.reason, ContainsSubstring("both counted"));
    CHECK(both.dominantPath.empty());
}

TEST_CASE("a set that leaves paths out names no dominant one") {
    Case tensors("tensor");
    tensors.values[tensor("src_bf16_dst_fp32_sparsity_off") + ".sum"] = 512;
    const Evaluation result = tensors.run();
    CHECK(result.paths.at("tensor_bf16").value == 512.0);
    CHECK_FALSE(result.flops.value);
    CHECK(result.dominantPath.empty());
}

TEST_CASE("every metric of a set that counts all FLOPs is used once") {
    Case all("all");
    all.values = powers(all.resolution);
    double tensorSum = 0;
    for (const TensorLeaf& leaf : all.resolution.leaves) tensorSum += all.values.at(leaf.metric);
    double paths = 0;
    for (const auto& [name, path] : all.run().paths) {
        if (name.starts_with("tensor_")) paths += path.value.value();
    }
    CHECK(paths == tensorSum);
}

TEST_CASE("integer instructions counted by weights stay off the FLOPs too") {
    MetricSet set;
    set.countsAllFlops = true;
    set.counters = {{"fadd", {"fadd.sum"}, "inst", "", false}, {"iadd", {"iadd.sum"}, "inst", "", false}};
    set.paths = {{"fp32", Axis::flop, {{"fadd", 1}}, "", "", "", false, ""},
                 {"int32", Axis::op, {{"iadd", 1}}, "", "", "", false, ""}};
    const Resolution resolution = resolve(set, {"fadd", "iadd"});
    const Evaluation result = evaluate(set, resolution, {{"fadd.sum", 3}, {"iadd.sum", 1000}});
    CHECK(result.paths.at("int32").value == 1000.0);
    CHECK(result.flops.value == 3.0);
    CHECK(result.dominantPath == "fp32");
}
