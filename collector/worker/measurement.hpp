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
