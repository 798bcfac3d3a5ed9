// SPDX-License-Identifier: Apache-2.0
// The one range profiler that CUPTI enables at a time, and the contexts and devices that take turns with it.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/inject/device_counters.hpp"
#include "collector/inject/event.hpp"
#include "collector/inject/launch_gate.hpp"
#include "collector/inject/profiler_session.hpp"
#include "collector/metrics/metric_set.hpp"
#include "db/model/error.hpp"

namespace ridge::inject {

/// Where events go; any thread, never throws.
using Report = std::function<void(const Event&)>;

/// A context of the program; lives until the process ends, also when the context does not.
struct Context {
    CUcontext handle = nullptr;
    int device = 0;
    CUfunction reader = nullptr;  ///< flushCaches()'s
    LaunchGate gate;
};

/// The context that a thread launched in last, so that a lock is taken once a change of context.
struct RecentContext {
    std::uint64_t destroyed = 0;
    CUcontext handle = nullptr;
    Context* context = nullptr;
};

/// Any thread may call; turn() is what makes whoever holds it alone.
class ProfilerSlot {
 public:
    /// `api` and `driver` must outlive this. The metric set is loaded at the first session.
    ProfilerSlot(const cupti::Api& api, const cupti::Driver& driver, std::string metricSet, Report report);

    /// False once nothing more can be measured here.
    [[nodiscard]] bool isUsable() const noexcept { return m_usable; }
    /// Begins nothing more: the process ends.
    void end() noexcept { m_usable = false; }
    /// Says why, once, and gives up for good: the program goes on.
    void refuse(const std::exception& error);
    /// Tells people something, once.
    void note(const std::string& text);

    /// The context that is current on this thread, at its first launch too: contexts made before injection
    /// are not announced. nullptr when the driver does not know its device. `recent` is the thread's own.
    [[nodiscard]] Context* context(CUcontext handle, RecentContext& recent) {
        if (recent.context != nullptr && recent.handle == handle && recent.destroyed == m_destroyed.load())
            return recent.context;
        return find(handle, recent);
    }
    /// Nothing more is measured on its device: the others go on.
    [[nodiscard]] bool isGivenUp(const Context& context) const noexcept {
        return (m_givenUp.load() >> (context.device & 63) & 1) != 0;
    }
    /// Whether records of the context's device find it known already.
    [[nodiscard]] bool isAnnounced(const Context& context) const noexcept {
        return (m_announced.load() >> (context.device & 63) & 1) != 0;
    }
    /// Disables the profiler where it is this context's.
    void contextDestroyed(CUcontext handle);
    /// Code goes: a kernel's handle may be used again. Takes no lock.
    void moduleUnloaded() noexcept { ++m_codeChanges; }
    /// How often code has gone, with a module or with a context.
    [[nodiscard]] std::uint64_t codeChanges() const noexcept { return m_codeChanges; }

    void report(const Event& event) const { m_report(event); }

    // Below: for whoever holds the lock.
    /// For Revision::row.
    [[nodiscard]] std::int64_t newRow() noexcept { return ++m_rows; }
    [[nodiscard]] std::unique_lock<std::mutex> turn() { return std::unique_lock(m_turn); }
    /// Without waiting: at the end of the process, where whoever holds it may never give it back.
    [[nodiscard]] std::unique_lock<std::mutex> tryTurn() {
        return std::unique_lock(m_turn, std::try_to_lock);
    }
    /// The device, announced, with its counters. Throws what DeviceCounters does.
    [[nodiscard]] DeviceCounters& counters(const Context& context);
    /// Disables the profiler where it is another context's. False: it stays, as a launch of that context is
    /// under way that does not return.
    [[nodiscard]] bool vacate(const Context& context);
    /// The session of this context, plan and number of ranges: the one there is, configured for it where it
    /// is not, or a new one after disabling that. Throws CuptiError, or ridge::Error (failed) where it cannot
    /// vacate().
    [[nodiscard]] ProfilerSession& session(Context& context, const cupti::CollectionPlan& plan,
                                           ProfilerSession::Kind kind, std::size_t ranges = 1);
    /// Disables the profiler: what became of it is not known.
    void drop();
    /// The same at the next session(): not now, as the program records a CUDA graph, which it could spoil.
    void dropLater() noexcept { m_isSpoiled = true; }
    /// A measurement succeeded, or failed: after three failures in a row its device is given up, and with the
    /// last device that the program can see everything.
    void succeeded(const Context& context) { m_failures[context.device] = 0; }
    void failed(const std::exception& error, const Context& context);
    /// A measurement could not begin. True: that has failed(), and its record may be sent. False: what
    /// stopped it stops every other, which is for refuse() to tell.
    [[nodiscard]] bool survives(const std::exception& error, const Context& context);

 private:
    [[nodiscard]] Context* find(CUcontext handle, RecentContext& recent);
    void announce(int device, const std::string& chip);
    void giveUp(int device, const std::exception& error);

    const cupti::Api& m_api;
    const cupti::Driver& m_driver;
    const std::string m_setName;
    const Report m_report;
    std::atomic<bool> m_usable{true};
    std::mutex m_turn, m_contextsMutex, m_notesMutex;
    std::map<CUcontext, Context*> m_contexts;
    std::vector<std::unique_ptr<Context>> m_everyContext;
    std::atomic<std::uint64_t> m_destroyed{0};  ///< contexts: a handle may be used again
    std::atomic<std::uint64_t> m_codeChanges{0};
    std::atomic<std::uint64_t> m_announced{0};  ///< a bit a device
    std::atomic<std::uint64_t> m_givenUp{0};    ///< the same
    std::set<std::string> m_notes;
    std::optional<metrics::MetricSet> m_set;
    std::map<int, std::unique_ptr<DeviceCounters>> m_devices;
    std::unique_ptr<ProfilerSession> m_session;
    Context* m_sessionContext = nullptr;
    bool m_isSpoiled = false;
    std::map<int, int> m_failures;  ///< in a row, by device
    std::int64_t m_rows = 0;
};

}  // namespace ridge::inject
