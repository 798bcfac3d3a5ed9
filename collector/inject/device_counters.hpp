// SPDX-License-Identifier: Apache-2.0
// What one device of a foreign process can count of a metric set: plans, configurations and values by name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"
#include "collector/cupti/counter_backend.hpp"
#include "collector/cupti/driver.hpp"
#include "collector/cupti/host_profiler.hpp"
#include "collector/cupti/leases.hpp"
#include "collector/cupti/pass_groups.hpp"
#include "collector/cupti/planner.hpp"
#include "collector/metrics/evaluate.hpp"
#include "db/model/device.hpp"

namespace ridge::inject {

/// Made at the first launch that is measured on a device, with its context current. One thread at a time.
class DeviceCounters {
 public:
    /// Passes the gate and asks for the chip and its counters. Throws ridge::Error (noGpu, notPermitted,
    /// usage, failed) or CuptiError, with the profiler given back.
    DeviceCounters(const cupti::Api& api, const cupti::Driver& driver, CUcontext context, int ordinal,
                   const metrics::MetricSet& set);
    DeviceCounters(const DeviceCounters&) = delete;
    DeviceCounters& operator=(const DeviceCounters&) = delete;
    ~DeviceCounters() = default;

    /// All metrics, in as many passes as they take: for kernel replay.
    [[nodiscard]] const cupti::CollectionPlan& plan();
    /// The same metrics in configurations of one pass each: for ranges. Names refused are in `refused`.
    [[nodiscard]] const cupti::PassGroups& groups();

    /// The values of a decoded image of `metrics`, of all its `ranges` together; NaN is refused by name.
    [[nodiscard]] cupti::CounterReading read(std::span<const std::uint8_t> image,
                                             const std::vector<std::string>& metrics,
                                             std::size_t ranges = 1) const;
    /// What values mean in the metric set.
    [[nodiscard]] metrics::Evaluation evaluate(const std::map<std::string, double>& values) const;

    [[nodiscard]] const std::string& chip() const noexcept { return m_chip; }

 private:
    [[nodiscard]] const std::vector<std::string>& metrics() const;

    const cupti::Api& m_api;
    const metrics::MetricSet& m_set;
    cupti::ProfilerLease m_profiler;
    std::string m_chip;
    std::vector<std::uint8_t> m_availability;
    cupti::HostProfiler m_host;
    metrics::Resolution m_resolution;
    std::optional<cupti::CollectionPlan> m_plan;
    std::optional<cupti::PassGroups> m_groups;
};

/// As the driver reports it; `chip` is CUPTI's name, empty where not known.
[[nodiscard]] db::Device describeDevice(const cupti::Driver& driver, int ordinal, const std::string& chip);

}  // namespace ridge::inject
