// SPDX-License-Identifier: Apache-2.0
// Kernel mode: a record a launch, by auto range and kernel replay. CUPTI saves memory, runs the launch once a
// pass and restores in between, so that the program sees it run once.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/inject/kernel_catalog.hpp"
#include "collector/inject/node_recorder.hpp"
#include "collector/inject/options.hpp"
#include "collector/inject/profiler_slot.hpp"
#include "collector/inject/recorder.hpp"
#include "collector/inject/selection.hpp"

namespace ridge::inject {

/// Any thread may call; launching() and launched() are a pair on the launching thread, around the driver's
/// call. One Start and Stop a launch, decoded at once: what was measured is on its way before the next
/// launch, whatever becomes of the process. Threads that measure take turns; while a launch is measured no
/// other launch of its context passes, because CUPTI would replay it too. Threads that drive several GPUs in
/// step (one waits in a measured launch for a kernel that another has yet to launch after its own turn) would
/// wait forever: profile those one process a GPU. A launch that would have to wait longer than
/// LaunchGate::patience for one that is not measured is skipped.
class KernelRecorder : public Recorder {
 public:
    /// Throws ridge::Error (usage) for filters that are none. `api` and `driver` must outlive this.
    KernelRecorder(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
                   const ProgramState& program, Report report);

    void launching(const Launch& launch) noexcept override;
    void launched(CUresult result) noexcept override;
    void profilerStart() noexcept override { m_selection.quota().profilerStart(); }
    void profilerStop() noexcept override { m_selection.quota().profilerStop(); }
    [[nodiscard]] bool needsLaunches() const noexcept override {
        return !m_selection.quota().isUsedUpBy(m_ended);
    }
    void contextDestroyed(CUcontext context) noexcept override;
    void moduleUnloaded() noexcept override { m_slot.moduleUnloaded(); }
    /// Launches that other threads have under way still end their measurement: nobody waits for them forever.
    Counts finish() noexcept override;

 private:
    struct Work;  ///< of a thread: one launch between its two callbacks
    [[nodiscard]] Work* ofThisThread() const noexcept;

    void choose(const Launch& launch, Work& work);
    [[nodiscard]] Decision decide(const Launch& launch, Work& work);
    [[nodiscard]] Decision decideInCapture(const Launch& launch, Work& work);
    [[nodiscard]] Decision decideKernel(const Launch& launch, Work& work);
    [[nodiscard]] Decision decideGraph(const Launch& launch, Work& work);
    [[nodiscard]] bool isInside(Work& work) const;
    void describe(Work& work) const;
    /// The graph's launch by its kernels: measure where the selection wants any of them, ignore where none,
    /// nullopt where it is to be taken whole.
    [[nodiscard]] std::optional<Decision> decideNodes(const Launch& launch, Work& work);
    /// What becomes of a launch that is to be measured: that, or it is skipped, or let pass after all.
    [[nodiscard]] Decision begin(Work& work);
    /// Alone with the profiler and the context. False: a launch of another thread does not return.
    [[nodiscard]] bool takeTurn(Work& work);
    static void endTurn(Work& work) noexcept;
    /// Node by node, where that goes; else the graph is as it was, and chosen anew as a whole.
    [[nodiscard]] Decision beginNodes(Work& work);
    void noteWhole(const std::string& why);
    void skip(Work& work, std::string_view reason);
    /// Why it could not begin; empty where it did. Throws what ends all measuring.
    [[nodiscard]] std::string startMeasuring(Work& work);
    [[nodiscard]] MeasuredRecord rowOf(Work& work);

    const std::uint64_t m_identity;
    const Options m_options;
    const cupti::Driver& m_driver;
    const ProgramState& m_program;
    const Report m_report;
    KernelSelection m_selection;
    /// How many kernels and graphs that the selection chose are over: each counts once, and after its gate is
    /// open.
    std::atomic<std::int64_t> m_ended{0};
    KernelCatalog m_catalog{m_selection};
    ProfilerSlot m_slot;
    NodeRecorder m_nodes;
};

}  // namespace ridge::inject
