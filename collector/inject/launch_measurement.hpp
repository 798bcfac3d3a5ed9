// SPDX-License-Identifier: Apache-2.0
// One launch under kernel replay, from CUPTI's Start before it to its counters after it.
#pragma once

#include <optional>

#include "collector/cupti/driver.hpp"
#include "collector/inject/device_counters.hpp"
#include "collector/inject/interval.hpp"
#include "collector/inject/launch_record.hpp"
#include "collector/inject/options.hpp"
#include "collector/inject/profiler_session.hpp"
#include "collector/inject/profiler_slot.hpp"

namespace ridge::inject {

/// begin(), the launch, end(): on the launching thread, with its context current, by whoever has the slot's
/// turn and has closed the context's gate.
class LaunchMeasurement {
 public:
    /// Makes the session and starts it, the device idle and the caches flushed before where that is asked
    /// for. Throws CuptiError or
    /// ridge::Error with the profiler disabled: the launch may go on, unmeasured. `identity`: what other
    /// launches it is compared with; nullopt: none, it is a graph.
    void begin(const Options& options, const cupti::Driver& driver, ProfilerSlot& slot, Context& context,
               const std::optional<LaunchIdentity>& identity, Described& described);
    /// Puts the counters into the record, or why there are none; `result`: the driver's answer to the launch.
    void end(CUresult result, ProfilerSlot& slot, Described& described) noexcept;
    /// Sends its row, and that of the kernel's first launch again where this one settles what that left open.
    /// Within the same turn as end(), so that nobody else sends one of these rows in between.
    void send(MeasuredRecord measured, ProfilerSlot& slot);
    /// From Start to its counters; after end().
    [[nodiscard]] Interval during() const noexcept { return m_during; }

 private:
    void read(CUresult result, ProfilerSlot& slot, Described& described);

    const cupti::Driver* m_driver = nullptr;
    Context* m_context = nullptr;
    bool m_wantsIdle = false;
    DeviceCounters* m_counters = nullptr;
    ProfilerSession* m_session = nullptr;
    Interval m_during;
    metrics::RepeatedWork m_once;             ///< of a launch without identity
    metrics::RepeatedWork* m_work = nullptr;  ///< the history's, or m_once
    KernelHistory* m_history = nullptr;       ///< the device's; nullptr: of a launch without identity
    metrics::ReplayPlan m_plan;
    std::optional<MeasuredRecord> m_amended;  ///< the row of an earlier launch
    bool m_mayBeAmended = false;              ///< by a later launch
};

}  // namespace ridge::inject
