// SPDX-License-Identifier: Apache-2.0
#include "workloads/ceilings/load.hpp"

#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "collector/cuda/error.hpp"
#include "db/model/error.hpp"
#include "workloads/ceilings/load_plan.hpp"
#include "workloads/gemm/lt_gemm.hpp"

namespace ridge::workloads {
namespace {

/// Large enough that neither the tail of a wave nor the epilogue weighs anything.
constexpr std::int64_t peakSize = 8192;
/// Whole tiles of every width cuBLAS has (96, 128, 160, 192, 256, 320, 384), so that 2 M N K is exact.
constexpr std::int64_t alignedSize = 7680, alignedDepth = 4096;
// Random fp32 of magnitude 1 to 2.
constexpr std::uint32_t keepFp32 = 0x807fffff, setFp32 = 0x3f800000;

using Buffers = std::shared_ptr<std::vector<cuda::DeviceBuffer>>;

Buffers allocate(std::size_t count, std::size_t bytes, cudaStream_t stream) {
    auto buffers = std::make_shared<std::vector<cuda::DeviceBuffer>>();
    for (std::size_t i = 0; i < count; ++i) {
        buffers->emplace_back(bytes);
        cuda::check(fillRandom(buffers->back().data(), bytes, keepFp32, setFp32, i, stream));
    }
    buffers->emplace_back(sizeof(unsigned));  // the sink
    return buffers;
}

unsigned* sinkOf(const Buffers& buffers) {
    return static_cast<unsigned*>(buffers->back().data());
}

/// With a grid that fills the device once and walks on, and with one that has a block for every tile: which
/// is faster depends on the chip.
std::vector<Load> streamLoads(StreamKind kind, const char* name, const LoadSite& site) {
    const cudaStream_t stream = site.runner.stream();
    const std::size_t bytes = streamBytes(kind, site.l2Bytes, site.usableBytes);
    const Buffers buffers = allocate(arraysOf(kind), bytes, stream);
    StreamArrays arrays;
    arrays.bytes = bytes;
    arrays.a = buffers->at(0).data();
    if (arraysOf(kind) > 1) arrays.b = buffers->at(1).data();
    if (arraysOf(kind) > 2) arrays.c = buffers->at(2).data();
    unsigned resident = 0;
    cuda::check(residentBlocks(kind, &resident));
    std::vector<Load> loads;
    for (const unsigned blocks : {resident, static_cast<unsigned>(bytes / tileBytes)}) {
        loads.push_back({fmt::format("own {} kernel, {} blocks over {:.2f} GB", name, blocks,
                                     1e-9 * streamTraffic(kind, bytes)),
                         streamTraffic(kind, bytes),
                         [=] { cuda::check(launchStream(kind, arrays, blocks, sinkOf(buffers), stream)); }});
    }
    return loads;
}

std::vector<Load> l2Loads(const LoadSite& site) {
    const cudaStream_t stream = site.runner.stream();
    unsigned blocks = 0;
    cuda::check(residentL2Blocks(&blocks));
    const L2Load load = l2Load(site.l2Bytes, blocks);
    const Buffers buffers = allocate(1, load.bytes, stream);
    return {
        {fmt::format("own L2 read kernel, {:.2f} MB again and again", 1e-6 * static_cast<double>(load.bytes)),
         load.traffic, [=] {
             cuda::check(launchL2Read(buffers->at(0).data(), load.bytes, load.chunksEach, blocks,
                                      sinkOf(buffers), stream));
         }}};
}

std::vector<Load> chainLoads(ChainType type, const char* name, const LoadSite& site) {
    const cudaStream_t stream = site.runner.stream();
    unsigned blocks = 0;
    cuda::check(residentBlocks(type, &blocks));
    const int iterations = iterationsOf(type);
    const Buffers buffers = allocate(0, 0, stream);
    return {{fmt::format("own {} FMA kernel, {} chains a thread", name, chains),
             chainFlops(type, iterations, blocks),
             [=] { cuda::check(launchChains(type, iterations, blocks, sinkOf(buffers), stream)); }}};
}

Load predicatedLoad(unsigned lanes, const LoadSite& site) {
    const cudaStream_t stream = site.runner.stream();
    unsigned blocks = 0;
    cuda::check(residentBlocks(ChainType::fp32, &blocks));
    const int iterations = iterationsOf(ChainType::fp32);
    const Buffers buffers = allocate(0, 0, stream);
    return {fmt::format("own fp32 FMA kernel, {} of {} lanes on", lanes, warpThreads),
            predicatedFlops(iterations, lanes, blocks),
            [=] { cuda::check(launchPredicated(iterations, lanes, blocks, sinkOf(buffers), stream)); }};
}

Load mmaLoad(MmaType type, const LoadSite& site) {
    const cudaStream_t stream = site.runner.stream();
    unsigned blocks = 0;
    cuda::check(residentBlocks(type, &blocks));
    const int iterations = iterationsOf(type);
    const Buffers buffers = allocate(0, 0, stream);
    return {"own mma.sync kernel", mmaFlops(type, iterations, blocks),
            [=] { cuda::check(launchMma(type, iterations, blocks, sinkOf(buffers), stream)); }};
}

void addLtLoads(std::vector<Load>& loads, LtType type, const LoadSite& site) {
    const auto gemm = std::make_shared<LtGemm>(type, peakSize, peakSize, peakSize, site.runner.stream());
    for (std::size_t i = 0; i < gemm->algorithms(); ++i) {
        loads.push_back({fmt::format("cuBLASLt {} x {} x {}, algorithm {} of {}", peakSize, peakSize,
                                     peakSize, i + 1, gemm->algorithms()),
                         gemm->operations(), [gemm, i] { gemm->launch(i); }});
    }
}

std::vector<Load> tensorLoads(LtType type, std::optional<MmaType> own, const LoadSite& site) {
    std::vector<Load> loads;
    if (own) loads.push_back(mmaLoad(*own, site));
    try {
        addLtLoads(loads, type, site);
    } catch (const cuda::CudaError&) {
        throw;
    } catch (const Error& error) {
        if (loads.empty()) throw;
        fmt::print(stderr, "ridge-worker: {}; the ceiling is that of mma.sync alone\n", error.what());
    }
    return loads;
}

struct TensorCeiling {
    std::string_view ceiling, form;
    LtType type;
    std::optional<MmaType> own;
};
const std::array<TensorCeiling, 6> tensorCeilings{{
    {"tensor_bf16", "gemm_bf16", LtType::bf16, MmaType::bf16},
    {"tensor_fp16", "gemm_fp16", LtType::fp16, MmaType::fp16},
    {"tensor_fp16_acc16", "", LtType::fp16Acc16, MmaType::fp16Acc16},
    {"tensor_tf32", "gemm_tf32", LtType::tf32, MmaType::tf32},
    {"tensor_fp8", "gemm_fp8", LtType::fp8, std::nullopt},
    {"tensor_int8", "gemm_int8", LtType::int8, MmaType::int8},
}};

/// fp64 and fp32 on whatever units cuBLAS takes for them.
Load coreGemmLoad(DType type, const LoadSite& site) {
    GemmProblem problem;
    problem.m = alignedSize;
    problem.k = alignedDepth;
    problem.columns = {alignedSize};
    problem.type = type;
    problem.layout = Layout::nt;
    const auto gemm = std::make_shared<Gemm>(site.runner, problem, Gemm::Copies{}, 1);
    return {fmt::format("cuBLAS {} x {} x {}", alignedSize, alignedSize, alignedDepth), problem.flops(),
            [gemm] { gemm->launch(0, 0); }};
}

[[noreturn]] void unknown(std::string_view name) {
    throw Error(ExitCode::failed, fmt::format("nothing here loads '{}'", name),
                "ridge and ridge-worker must come from the same build");
}

}  // namespace

std::vector<Load> loadsOf(std::string_view name, const LoadSite& site) {
    if (name == "dram_read") return streamLoads(StreamKind::read, "read", site);
    if (name == "dram_write") return streamLoads(StreamKind::write, "write", site);
    if (name == "dram_copy") return streamLoads(StreamKind::copy, "copy", site);
    if (name == "dram_triad") return streamLoads(StreamKind::triad, "triad", site);
    if (name == "l2_read") return l2Loads(site);
    if (name == "fp64") return chainLoads(ChainType::fp64, "fp64", site);
    if (name == "fp32") return chainLoads(ChainType::fp32, "fp32", site);
    if (name == "half2") return chainLoads(ChainType::half2, "half2", site);
    for (const TensorCeiling& tensor : tensorCeilings) {
        if (tensor.ceiling == name) return tensorLoads(tensor.type, tensor.own, site);
    }
    unknown(name);
}

Load closedFormLoad(std::string_view name, const LoadSite& site) {
    if (name == "copy") return loadsOf("dram_copy", site).front();
    if (name == "fp64" || name == "fp32" || name == "half2") return loadsOf(name, site).front();
    if (name == "predicated") return predicatedLoad(warpThreads / 2, site);
    if (name == "predicated_off") return predicatedLoad(0, site);
    if (name == "empty") {
        const cudaStream_t stream = site.runner.stream();
        return {"own empty kernel", 0, [stream] { cuda::check(launchEmpty(stream)); }};
    }
    if (name == "gemm_fp64") return coreGemmLoad(DType::fp64, site);
    if (name == "gemm_fp32") return coreGemmLoad(DType::fp32, site);
    for (const TensorCeiling& tensor : tensorCeilings) {
        if (tensor.form != name) continue;
        const auto gemm = std::make_shared<LtGemm>(tensor.type, alignedSize, alignedSize, alignedDepth,
                                                   site.runner.stream());
        return {fmt::format("cuBLASLt {} x {} x {}", alignedSize, alignedSize, alignedDepth),
                gemm->operations(), [gemm] { gemm->launch(0); }};
    }
    unknown(name);
}

}  // namespace ridge::workloads
