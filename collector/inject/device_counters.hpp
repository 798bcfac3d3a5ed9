// SPDX-License-Identifier: Apache-2.0
// What one device of a foreign process can count of a metric set: plans, configurations and values by name.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"
#include "collector/cupti/counter_backend.hpp"
#include "collector/cupti/driver.hpp"
#include "collector/cupti/host_profiler.hpp"
#include "collector/cupti/pass_groups.hpp"
#include "collector/cupti/planner.hpp"
#include "collector/inject/event.hpp"
#include "collector/inject/first_row.hpp"
#include "collector/inject/launch_record.hpp"
#include "collector/metrics/evaluate.hpp"
#include "collector/metrics/repeated_work.hpp"
#include "db/model/device.hpp"
#include "db/model/error.hpp"

namespace ridge::inject {

/// Launches that run the same code in the same shape. A handle may be another function's after a module or a
/// context has gone: ProfilerSlot::codeChanges() tells those apart.
struct LaunchIdentity {
    const void* function = nullptr;
    const void* kernel = nullptr;
    LaunchShape shape;
    std::uint64_t codeChanges = 0;
    friend auto operator<=>(const LaunchIdentity&, const LaunchIdentity&) = default;
};

/// What the launches of a kernel in one shape have shown so far.
struct KernelHistory {
    metrics::RepeatedWork work;
    FirstRow first;
};

/// Made at the first launch that is measured on a device, with its context current. One thread at a time.
class DeviceCounters {
 public:
    using OnChip = std::function<void(const std::string& chip)>;
    /// Passes the gate and asks for the chip and its counters; `onChip` hears of the chip before anything can
    /// go wrong with its counters. Throws ridge::Error (noGpu, notPermitted, usage, failed) or CuptiError.
    DeviceCounters(const cupti::Api& api, const cupti::Driver& driver, CUcontext context, int ordinal,
                   const metrics::MetricSet& set, const OnChip& onChip);
    DeviceCounters(const DeviceCounters&) = delete;
    DeviceCounters& operator=(const DeviceCounters&) = delete;
    ~DeviceCounters() = default;

    /// Valid until the next call.
    [[nodiscard]] KernelHistory& history(const LaunchIdentity& identity);
    /// Keeps the row of the first launch of `history`, which is of this; of very many others' none any more.
    void keep(KernelHistory& history, MeasuredRecord first);
    /// What its next launch collects: for kernel replay.
    [[nodiscard]] metrics::ReplayPlan plan(const metrics::RepeatedWork& work);
    /// The configuration for metrics, made once. Throws ridge::Error (failed) where the chip takes none.
    [[nodiscard]] const cupti::CollectionPlan& collection(const metrics::Names& metrics);
    /// All metrics in configurations of one pass each, for ranges, the tensor pipe's counters with them where
    /// that takes no pass. Names refused are in `refused`.
    [[nodiscard]] const cupti::PassGroups& groups();
    /// The tensor pipe's counters alone, in one pass; nullptr where the chip has none. After groups() it is
    /// known.
    [[nodiscard]] const cupti::CollectionPlan* pipe();

    /// The values of a decoded image of `metrics`, of all its `ranges` together; NaN is refused by name.
    [[nodiscard]] cupti::CounterReading read(std::span<const std::uint8_t> image,
                                             const std::vector<std::string>& metrics,
                                             std::size_t ranges = 1) const;
    /// What values mean in the metric set.
    [[nodiscard]] metrics::Evaluation evaluate(const std::map<std::string, double>& values) const;
    /// What they mean of a launch that collected `plan`.
    [[nodiscard]] metrics::Judgement judge(metrics::RepeatedWork& work, const metrics::ReplayPlan& plan,
                                           const std::map<std::string, double>& values) const;
    /// Bytes a second that the DRAM moves while the program is idle; nullopt outside: not tried yet.
    [[nodiscard]] std::optional<std::optional<double>>& idleDram() noexcept { return m_idleDram; }
    /// What another set's rules are on this chip.
    [[nodiscard]] metrics::Resolution resolve(const metrics::MetricSet& set) const {
        return metrics::resolve(set, m_host.counters());
    }
    /// What the set's rules are on this chip.
    [[nodiscard]] const metrics::Resolution& resolution() const noexcept { return m_resolution; }

    [[nodiscard]] const std::string& chip() const noexcept { return m_chip; }

 private:
    [[nodiscard]] Error noMetric() const;

    const cupti::Api& m_api;
    const metrics::MetricSet& m_set;
    std::string m_chip;
    std::vector<std::uint8_t> m_availability;
    cupti::HostProfiler m_host;
    metrics::Resolution m_resolution;
    std::map<metrics::Names, cupti::CollectionPlan> m_collections;
    std::map<LaunchIdentity, KernelHistory> m_histories;
    std::size_t m_keptRows = 0;
    std::optional<cupti::PassGroups> m_groups;
    std::optional<std::optional<double>> m_idleDram;
};

/// As the driver reports it; `chip` is CUPTI's name, empty where not known.
[[nodiscard]] db::Device describeDevice(const cupti::Driver& driver, int ordinal, const std::string& chip);
/// The same with its place on the bus, as NVML takes it.
[[nodiscard]] SeenDevice seenDevice(const cupti::Driver& driver, int ordinal, const std::string& chip);

}  // namespace ridge::inject
