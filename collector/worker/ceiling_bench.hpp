// SPDX-License-Identifier: Apache-2.0
// Measures ceilings and closed forms on one device: the fastest way first found, then timed, then counted.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "collector/cuda/handles.hpp"
#include "collector/cupti/range_profiler.hpp"
#include "collector/supervisor/protocol.hpp"
#include "collector/worker/ceiling_result.hpp"
#include "collector/worker/device_watch.hpp"
#include "collector/worker/range_timer.hpp"
#include "workloads/ceilings/load.hpp"

namespace ridge::worker {

class CeilingBench {
 public:
    /// On the current device, whose CUDA ordinal is `device`; `counters` opens them, or throws; `watch`, of
    /// the same device, outlives this. Throws CudaError.
    CeilingBench(int device, std::function<cupti::RangeProfilerBackend&()> counters, DeviceWatch& watch);

    /// The ceiling `name`, or why this device has none. Where counters cannot be read, the work is taken from
    /// arithmetic, and the method says so. Throws ridge::Error.
    [[nodiscard]] protocol::CeilingReply measure(const std::string& name);

    /// The closed form `name`, judged; skipped where this device has no such unit. Throws ridge::Error, also
    /// when counters cannot be read.
    [[nodiscard]] db::Record check(const std::string& name);

 private:
    struct Counted {
        cupti::CounterReading reading;
        metrics::Evaluation evaluation;
    };
    [[nodiscard]] workloads::LoadSite site();
    [[nodiscard]] double pilotNs(const workloads::Load& load);
    [[nodiscard]] const workloads::Load& fastest(const std::vector<workloads::Load>& loads);
    [[nodiscard]] LoadTiming time(const workloads::Load& load);
    [[nodiscard]] double clockHz();
    [[nodiscard]] Counted count(const workloads::Load& load, std::string_view path);
    [[nodiscard]] metrics::Quantity countIfPermitted(const workloads::Load& load, std::string_view path);

    std::string m_capability;
    std::size_t m_l2Bytes;
    std::function<cupti::RangeProfilerBackend&()> m_counters;
    DeviceWatch& m_watch;
    workloads::GemmRunner m_runner;
    RangeTimer m_timer;
    cuda::DeviceBuffer m_clock;
};

}  // namespace ridge::worker
