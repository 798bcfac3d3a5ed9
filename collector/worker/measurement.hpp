// SPDX-License-Identifier: Apache-2.0
// Measures points on one device: operands, invariance, unprofiled repetitions, then counters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "collector/cupti/range_profiler.hpp"
#include "collector/supervisor/protocol.hpp"
#include "collector/worker/device_watch.hpp"
#include "collector/worker/known_zeros.hpp"
#include "collector/worker/range_timer.hpp"
#include "db/model/point.hpp"
#include "workloads/gemm/gemm.hpp"
#include "workloads/invariant/invariance.hpp"
#include "workloads/transformer/execution_order.hpp"
#include "workloads/transformer/sequence.hpp"

namespace ridge::worker {

/// What a planned point and its children are made of. Throws ridge::Error (failed) for what nothing here
/// runs.
[[nodiscard]] workloads::Part partOf(const protocol::Work& work);

class Measurement {
 public:
    /// On the current device, whose CUDA ordinal is `device`. Throws CudaError.
    explicit Measurement(int device);

    /// A record with status ok, or skipped where the operands do not fit. Throws ridge::Error.
    [[nodiscard]] db::Record measure(const protocol::Work& work, const protocol::Options& options);

    /// CUPTI's counters of the device, from their first use on. Throws ridge::Error (notPermitted, failed).
    [[nodiscard]] cupti::RangeProfilerBackend& counters();
    [[nodiscard]] DeviceWatch& watch() noexcept { return m_watch; }

    /// Closes the counters; their next use opens them again.
    void releaseCounters() noexcept { m_counters.reset(); }

 private:
    /// Queues all executions of one range on the stream.
    struct Range {
        std::function<void()> prepare, launch;
        std::int64_t launches = 1;
        std::uint64_t leadNs = 0;
    };
    [[nodiscard]] Range planRange(workloads::Sequence& sequence, const std::string& cache);
    /// Nanoseconds of one execution, from three ranges.
    [[nodiscard]] double pilotNs(const Range& range);
    void time(db::Record& record, const Range& range, const plan::Repetition& repetition);
    /// Runs the work on and on for a fraction of a second while NVML's energy counter is polled.
    void addEnergy(db::Point& point, const Range& range);
    /// Measured at the first call: what the counters see of a GPU that does nothing for this process.
    [[nodiscard]] std::optional<double> idleDram();
    void count(db::Record& record, const Range& range, const std::string& metricSet,
               const KnownZeros::Problems& problems);
    void addInvariance(db::Point& point, const workloads::ExecutionOrder& order);

    using ShapeKey = std::tuple<workloads::Implementation, workloads::DType, workloads::Layout, std::int64_t,
                                std::int64_t>;

    int m_device;
    std::size_t m_l2Bytes;
    workloads::GemmRunner m_runner;
    RangeTimer m_timer;
    DeviceWatch m_watch;
    std::optional<std::optional<double>> m_idleDram;  ///< bytes a second; nullopt outside: not tried
    std::map<ShapeKey, workloads::Invariance> m_invariance;
    KnownZeros m_zeros;
    std::unique_ptr<cupti::RangeProfilerBackend> m_counters;
};

}  // namespace ridge::worker
