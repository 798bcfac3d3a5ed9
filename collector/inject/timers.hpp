// SPDX-License-Identifier: Apache-2.0
// A run without counters: what each launch, or each range, takes when nothing replays it.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "collector/cupti/driver.hpp"
#include "collector/inject/activity_log.hpp"
#include "collector/inject/event.hpp"
#include "collector/inject/launch_times.hpp"
#include "collector/inject/nvtx_hooks.hpp"
#include "collector/inject/options.hpp"
#include "collector/inject/profiler_slot.hpp"
#include "collector/inject/recorder.hpp"
#include "collector/inject/selection.hpp"
#include "collector/inject/work_spans.hpp"

namespace ridge::inject {

/// Tells of each device once, as early as its first context: `ridge` watches it from then on. Any thread may
/// call.
class DeviceTeller {
 public:
    DeviceTeller(const cupti::Api& api, const cupti::Driver& driver, Report report)
        : m_api(api), m_driver(driver), m_report(std::move(report)) {}

    void tell(int device);
    /// Nothing is told where CUPTI does not know the device.
    void tellOf(CUcontext context) noexcept;

 private:
    const cupti::Api& m_api;
    const cupti::Driver& m_driver;
    const Report m_report;
    std::mutex m_mutex;
    std::set<int> m_told;
};

/// Kernel mode. Sends at the end, because only then the order is known: of every launch that matches --kernel
/// between start and end, those that --skip, --count and --nvtx leave out too, unless they are known to come
/// too late (mostChoosable()).
class KernelTimer : public Recorder {
 public:
    /// Throws ridge::Error (usage) or CuptiError.
    KernelTimer(const Options& options, const cupti::Api& api, const cupti::Driver& driver, Report report);

    void launching(const Launch&) noexcept override {}
    void launched(CUresult) noexcept override {}
    void profilerStart() noexcept override;
    void profilerStop() noexcept override;
    void contextCreated(CUcontext context) noexcept override { m_devices.tellOf(context); }
    void contextDestroyed(CUcontext) noexcept override { m_log.flush(false); }
    Counts finish() noexcept override;

 private:
    const cupti::Driver& m_driver;
    const Report m_report;
    DeviceTeller m_devices;
    const bool m_startsNow;
    std::atomic<bool> m_hasTimed{false};  ///< since a cudaProfilerStart
    KernelSelection m_selection;
    LaunchTimes m_times;
    ActivityLog m_log;
};

/// Range mode: the device is idle at both ends of a timed range, as when its counters are read. Its time is
/// that of kernels, copies and sets, as its bytes are.
class RangeTimer : public Recorder, public RangeListener {
 public:
    RangeTimer(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
               const ProgramState& program, Report report);

    void launching(const Launch&) noexcept override {}
    void launched(CUresult) noexcept override {}
    void profilerStart() noexcept override { m_selection.quota().profilerStart(); }
    void profilerStop() noexcept override { m_selection.quota().profilerStop(); }
    void contextCreated(CUcontext context) noexcept override { m_devices.tellOf(context); }
    void contextDestroyed(CUcontext context) noexcept override;
    Counts finish() noexcept override { return {openedRanges(), m_selection.quota().matched()}; }

    void pushed(std::span<const NvtxRange> stack) override;
    void started(const NvtxRange& range, std::span<const NvtxRange> open) override;
    void closing(const NvtxRange& range) override;

 private:
    void open(const NvtxRange& range);

    const cupti::Driver& m_driver;
    const ProgramState& m_program;
    const Report m_report;
    DeviceTeller m_devices;
    RangeSelection m_selection;
    WorkSpans m_work;
    ActivityLog m_log;
    std::mutex m_mutex;
    std::optional<LaunchKey> m_timed;
    CUcontext m_context = nullptr;
    int m_device = 0;
    std::int64_t m_beganNs = 0;
    std::map<std::pair<int, std::string>, std::int64_t> m_seen;
};

}  // namespace ridge::inject
