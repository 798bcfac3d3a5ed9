// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/idle_traffic.hpp"

#include "collector/cuda/error.hpp"
#include "collector/metrics/evaluate.hpp"
#include "workloads/gemm/operand_kernels.hpp"

namespace ridge::worker {

std::optional<double> idleDramBytesPerSecond(cupti::RangeProfilerBackend& counters,
                                             workloads::GemmRunner& runner) {
    constexpr std::uint64_t idleNs = 10'000'000;
    const metrics::MetricSet set = metrics::loadSet("bytes");
    const metrics::Resolution resolution = counters.resolve(set);
    const cupti::CounterReading reading =
        counters.read(resolution.metrics, {"ridge/idle", [&runner] { runner.wait(); },
                                           [&runner] {
                                               cuda::check(workloads::occupy(idleNs, runner.stream()));
                                               runner.wait();
                                           }});
    const metrics::Evaluation evaluation = metrics::evaluate(set, resolution, reading.values);
    if (!evaluation.dramBytes.value || evaluation.timeNs.value.value_or(0) <= 0) return std::nullopt;
    return 1e9 * *evaluation.dramBytes.value / *evaluation.timeNs.value;
}

}  // namespace ridge::worker
