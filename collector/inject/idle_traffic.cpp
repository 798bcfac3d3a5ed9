// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/idle_traffic.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <exception>
#include <string>

#include "collector/inject/own_calls.hpp"
#include "collector/inject/own_kernels.hpp"
#include "collector/metrics/idle_traffic.hpp"

namespace ridge::inject {
namespace {

Error unmeasured(const std::string& why) {
    return {ExitCode::failed, why};
}

/// Returns when it is over.
void occupy(const cupti::Driver& driver, CUfunction kernel) {
    std::uint64_t ns = 10'000'000;
    std::array<void*, 1> arguments{&ns};
    CUlaunchConfig config{};
    config.gridDimX = config.gridDimY = config.gridDimZ = 1;
    config.blockDimX = config.blockDimY = config.blockDimZ = 1;
    CUresult result = driver.launchKernelEx(&config, kernel, arguments.data(), nullptr);
    if (result == CUDA_SUCCESS) result = driver.ctxSynchronize();
    if (result != CUDA_SUCCESS)
        throw unmeasured(
            fmt::format("a kernel that waits ended with CUDA error {}", static_cast<int>(result)));
}

std::optional<double> measure(const cupti::Driver& driver, ProfilerSlot& slot, Context& context,
                              DeviceCounters& counters) {
    const metrics::MetricSet set = metrics::loadSet("bytes");
    const metrics::Resolution resolution = counters.resolve(set);
    const cupti::CollectionPlan& plan = counters.collection(resolution.metrics);
    if (plan.passes != 1) throw unmeasured("its counters take more than one pass here");
    const CUfunction kernel = driver.launchKernelEx == nullptr ? nullptr : ownKernel(driver, waitKernel);
    if (kernel == nullptr) throw unmeasured("this driver takes no kernel of ours");
    slot.drop();  // of another kind
    ProfilerSession& session = slot.session(context, plan, ProfilerSession::Kind::range);
    session.begin("ridge/idle");
    occupy(driver, kernel);
    session.end();
    const cupti::CounterReading reading = counters.read(session.decode().image, plan.metrics);
    slot.drop();
    const auto rate = metrics::dramBytesPerSecond(metrics::evaluate(set, resolution, reading.values));
    if (!rate) throw unmeasured("its counters were not delivered");
    return rate;
}

}  // namespace

std::optional<double> idleDram(const cupti::Driver& driver, ProfilerSlot& slot, Context& context,
                               DeviceCounters& counters) noexcept {
    std::optional<std::optional<double>>& known = counters.idleDram();
    if (known) return *known;
    known.emplace();
    const OwnCalls own;
    try {
        known = measure(driver, slot, context, counters);
    } catch (const std::exception& error) {
        slot.drop();
        slot.note(fmt::format("idle DRAM traffic not measured: {}", error.what()));
    }
    return *known;
}

}  // namespace ridge::inject
