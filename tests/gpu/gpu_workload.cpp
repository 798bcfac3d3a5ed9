// SPDX-License-Identifier: Apache-2.0
// A CUDA program to profile where there is no Python: does one kind of work and says how fast, as key=value
// lines. It asks nothing of the collector and works alike with and without a profiler around it.
#include <nvtx3/nvToolsExt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/cuda/device.hpp"
#include "collector/cuda/error.hpp"
#include "collector/cuda/handles.hpp"
#include "collector/nvml/device.hpp"
#include "db/analysis/statistics.hpp"
#include "db/model/error.hpp"
#include "tests/gpu/launch_kinds.hpp"
#include "workloads/ceilings/load_kernels.hpp"
#include "workloads/gemm/gemm.hpp"
#include "workloads/gemm/operand_kernels.hpp"

namespace {

using namespace ridge;
using namespace ridge::workloads;
using std::chrono::steady_clock;

constexpr const char* usage =
    "usage: gpu_workload step N             N decode steps, each an NVTX range 'step' of 12 products whose "
    "weights\n"
    "                                       are 0.24 GB each\n"
    "       gpu_workload gemm random|zeros  a product of 8192 x 8192 x 8192 for 3 s, the last three in the "
    "NVTX\n"
    "                                       range 'last'\n"
    "       gpu_workload graph N            a CUDA graph of three copied triads of 0.27 GB each, launched N "
    "times in "
    "the\n"
    "                                       NVTX range 'replay'; fails where any part ran twice or not at "
    "all\n"
    "       gpu_workload cooperative N      N launches of a kernel whose blocks wait for one another; fails "
    "where\n"
    "                                       one ran twice or not at all\n"
    "       gpu_workload contexts N         two contexts take N turns: a copy of 2 GiB in the NVTX range "
    "'first',\n"
    "                                       one in 'second'; fails where a copy is not its original\n"
    "       gpu_workload launches N NS      N launches of a kernel that takes about NS nanoseconds, five "
    "times\n";

double secondsSince(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

void say(const char* key, std::optional<double> value) {
    if (value) std::printf("%s=%.9g\n", key, *value);
}

/// The SM clock as a kernel sees it, right behind what was queued before.
double clockHz(GemmRunner& runner) {
    const cuda::DeviceBuffer memory(sizeof(ClockReading));
    ClockReading reading;
    cuda::check(launchClockProbe(300'000, static_cast<ClockReading*>(memory.data()), runner.stream()));
    cuda::check(
        cudaMemcpyAsync(&reading, memory.data(), sizeof reading, cudaMemcpyDeviceToHost, runner.stream()));
    runner.wait();
    return 1e9 * static_cast<double>(reading.cycles) / static_cast<double>(reading.nanoseconds);
}

/// The feed-forward products of four layers of Llama-33B for 16 tokens: every weight is read once a step, and
/// none stays in any L2 until the next.
void step(std::int64_t steps) {
    constexpr std::int64_t tokens = 16, width = 6656, inner = 17920;
    constexpr int layers = 4;
    GemmRunner runner;
    std::vector<std::unique_ptr<Gemm>> products;
    for (int layer = 0; layer < layers; ++layer) {
        for (const auto& [n, k] : {std::pair{inner, width}, {inner, width}, {width, inner}}) {
            const GemmProblem problem{tokens, k, {n}, 1, DType::bf16, Layout::nt, Implementation::cublas};
            products.push_back(std::make_unique<Gemm>(runner, problem, Gemm::Copies{}, products.size()));
        }
    }
    products.front()->launch(0, 0);  // loads cuBLAS
    runner.wait();
    std::vector<double> clocks;
    for (std::int64_t i = 0; i < steps; ++i) {
        nvtxRangePushA("step");
        for (const auto& product : products) product->launch(0, 0);
        runner.wait();
        nvtxRangePop();
        clocks.push_back(clockHz(runner));
    }
    say("sm_clock_hz", analysis::median(clocks));
}

/// What the driver says of power and clock while the same product runs on and on, after a second of warming
/// up.
void gemm(bool zeros) {
    constexpr std::int64_t size = 8192;
    constexpr double longestS = 3, warmUpS = 1;
    constexpr int batch = 8;
    GemmRunner runner;
    Gemm product(runner, {size, size, {size}, 1, DType::bf16, Layout::nt, Implementation::cublas}, {}, 7);
    if (zeros) {
        for (void* operand : {product.weights(0), product.input(0)})
            cuda::check(cudaMemsetAsync(operand, 0, size * size * 2, runner.stream()));
    }
    const nvml::Library& library = nvml::library();
    if (!library.api) throw Error(ExitCode::failed, "no clock, no power: " + library.reason, "");
    const nvml::Nvml nvml(*library.api);
    const nvml::Device device = nvml.device(cuda::describeDevice(0).uuid, cuda::pciBusId(0));
    std::vector<double> powers, clocks;
    const auto start = steady_clock::now();
    while (secondsSince(start) < longestS) {
        for (int i = 0; i < batch; ++i) product.launch(0, 0);
        const nvml::Telemetry now = device.telemetry();  // while they run
        runner.wait();
        if (secondsSince(start) < warmUpS) continue;
        if (now.powerW) powers.push_back(*now.powerW);
        if (now.smClockHz) clocks.push_back(*now.smClockHz);
    }
    nvtxRangePushA("last");
    for (int i = 0; i < 3; ++i) product.launch(0, 0);
    runner.wait();
    nvtxRangePop();
    say("power_w", analysis::median(powers));
    say("sm_clock_hz", analysis::median(clocks));
    say("flops", product.problem().flops());
}

constexpr std::size_t graphArray = std::size_t{1} << 28;
constexpr int graphTriads = 3;

/// Three times: c = 0, c = a + s b, a = c. Whoever makes it destroys the graph that it was made from, as
/// programs do.
cuda::UniqueHandle<cudaGraphExec_t, cudaGraphExecDestroy> accumulatingGraph(const StreamArrays& arrays,
                                                                            cudaStream_t stream) {
    unsigned blocks = 0;
    cuda::check(residentBlocks(StreamKind::triad, &blocks));
    cudaGraph_t recorded = nullptr;
    cuda::check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    for (int i = 0; i < graphTriads; ++i) {
        cuda::check(cudaMemsetAsync(arrays.c, 0, arrays.bytes, stream));
        cuda::check(launchStream(StreamKind::triad, arrays, blocks, nullptr, stream));
        cuda::check(cudaMemcpyAsync(arrays.a, arrays.c, arrays.bytes, cudaMemcpyDeviceToDevice, stream));
    }
    cuda::check(cudaStreamEndCapture(stream, &recorded));
    const cuda::UniqueHandle<cudaGraph_t, cudaGraphDestroy> graph(recorded);
    cudaGraphExec_t executable = nullptr;
    cuda::check(cudaGraphInstantiate(&executable, recorded, 0));
    return cuda::UniqueHandle<cudaGraphExec_t, cudaGraphExecDestroy>(executable);
}

/// With a = 0 and b = 1 an element of `a` says how many triads ran.
void graph(std::int64_t replays) {
    const cuda::Stream stream = cuda::makeStream();
    const cuda::DeviceBuffer a(graphArray), b(graphArray), c(graphArray);
    constexpr std::size_t elements = graphArray / sizeof(float);
    std::vector<float> values(elements, 1.0F);
    cuda::check(cudaMemcpy(b.data(), values.data(), graphArray, cudaMemcpyHostToDevice));
    cuda::check(cudaMemset(a.data(), 0, graphArray));
    cuda::check(cudaDeviceSynchronize());  // the stream below does not wait for the default one
    const auto executable = accumulatingGraph({a.data(), b.data(), c.data(), graphArray}, stream.get());
    for (std::int64_t i = 0; i < replays; ++i) {
        nvtxRangePushA("replay");
        cuda::check(cudaGraphLaunch(executable.get(), stream.get()));
        cuda::check(cudaStreamSynchronize(stream.get()));
        nvtxRangePop();
    }
    cuda::check(cudaMemcpy(values.data(), a.data(), graphArray, cudaMemcpyDeviceToHost));
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const double each = 0.37;  // s of the triad
    say("least_triads", *least / each);
    say("most_triads", *most / each);
    const double launched = static_cast<double>(graphTriads * replays);
    if (*least / each < launched - 0.5 || *most / each > launched + 0.5)
        throw Error(ExitCode::failed, "a part of the graph ran twice or not at all", "");
}

void launches(std::int64_t count, std::uint64_t nanoseconds) {
    GemmRunner runner;
    std::vector<double> each;
    for (int round = 0; round < 6; ++round) {  // the first warms up
        const auto start = steady_clock::now();
        for (std::int64_t i = 0; i < count; ++i) cuda::check(occupy(nanoseconds, runner.stream()));
        runner.wait();
        if (round > 0) each.push_back(1e9 * secondsSince(start) / static_cast<double>(count));
    }
    say("ns_per_launch", analysis::median(each));
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1) return std::nullopt;
    return value;
}

bool run(const std::vector<std::string_view>& words) {
    const std::string_view work = words.empty() ? "" : words[0];
    if (work == "gemm" && words.size() == 2 && (words[1] == "random" || words[1] == "zeros")) {
        gemm(words[1] == "zeros");
        return true;
    }
    const auto count = words.size() > 1 ? number(words[1]) : std::nullopt;
    if (!count) return false;
    constexpr std::array<std::pair<std::string_view, void (*)(std::int64_t)>, 4> counted{
        {{"step", step},
         {"graph", graph},
         {"cooperative", test::launchCooperatively},
         {"contexts", test::takeTurns}}};
    for (const auto& [name, perform] : counted) {
        if (work != name || words.size() != 2) continue;
        perform(*count);
        return true;
    }
    const auto nanoseconds = words.size() == 3 ? number(words[2]) : std::nullopt;
    if (work != "launches" || !nanoseconds) return false;
    launches(*count, static_cast<std::uint64_t>(*nanoseconds));
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const std::vector<std::string_view> words(argv + 1, argv + argc);
        const bool asked = !words.empty();
        if (asked) cuda::useDevice(0);
        if (asked && run(words)) return 0;
        std::fputs(usage, stderr);
        return 2;
    } catch (const Error& error) {
        std::fprintf(stderr, "gpu_workload: %s\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "gpu_workload: %s\n", error.what());
        return 1;
    }
}
