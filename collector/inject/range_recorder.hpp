// SPDX-License-Identifier: Apache-2.0
// Range mode: a record an NVTX range. A range is not run again: each occurrence collects the metrics of one
// pass, and as many occurrences as there are passes make one record.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/inject/cache_flush.hpp"
#include "collector/inject/kernel_catalog.hpp"
#include "collector/inject/nvtx_hooks.hpp"
#include "collector/inject/options.hpp"
#include "collector/inject/profiler_slot.hpp"
#include "collector/inject/range_rotation.hpp"
#include "collector/inject/recorder.hpp"
#include "collector/inject/selection.hpp"

namespace ridge::inject {

/// The device is idle when a measured range begins and when it ends: what the counters see is the range's own
/// work in its context, by whatever thread. Kernels run once, unserialized. Any thread may call.
class RangeRecorder : public Recorder, public RangeListener {
 public:
    /// Throws ridge::Error (usage) for filters that are none. `api`, `driver` and `program` must outlive
    /// this.
    RangeRecorder(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
                  const ProgramState& program, Report report);

    void launching(const Launch& launch) noexcept override;
    void launched(CUresult) noexcept override {}
    void profilerStart() noexcept override { m_selection.quota().profilerStart(); }
    void profilerStop() noexcept override { m_selection.quota().profilerStop(); }
    void contextDestroyed(CUcontext context) noexcept override;
    /// Sends a failed record for every range that never was complete.
    Counts finish() noexcept override;

    void pushed(std::span<const NvtxRange> stack) override;
    void started(const NvtxRange& range, std::span<const NvtxRange> open) override;
    void closing(const NvtxRange& range) override;

 private:
    /// The range that is measured now.
    struct Occurrence {
        NvtxRange range;
        Context* context = nullptr;
        DeviceCounters* counters = nullptr;
        ProfilerSession* session = nullptr;
        std::vector<NvtxRange> stack, started;
        std::int64_t ordinal = 0;
        Interval during;
        Flushed flushed = Flushed::yes;
        std::vector<db::Kernel> rows;
    };
    /// What the occurrences of a name collected until its passes are complete.
    struct Round {
        std::map<std::string, double> values;
        std::vector<db::Kernel> rows;
        std::int64_t beganNs = 0;  ///< of its first occurrence
        int passes = 0;
        bool sameKernels = true, sameGrids = true;
        /// The last occurrence, where all passes together counted no tensor work: the next one of the name
        /// tells whether the tensor pipe worked all the same.
        std::optional<Occurrence> unproven;
    };

    void open(const NvtxRange& range);
    void begin(const NvtxRange& range);
    [[nodiscard]] const cupti::CollectionPlan& planFor(const Occurrence& occurrence);
    void close(Occurrence& occurrence);
    void add(Occurrence& occurrence, const cupti::CounterReading& reading);
    /// Sends a round with what one occurrence more says of the tensor pipe, if that was of the same work.
    void prove(const Occurrence& occurrence, const cupti::CounterReading& reading, Round round);
    void send(const Occurrence& occurrence, Round round);
    /// Sends the rounds that wait for an occurrence more, their FLOPs unknown.
    void sendUnproven();
    /// The same once no occurrence will be measured any more.
    void sendIfLast() noexcept;
    /// Puts the round's counters into the record, or why there are none.
    void fill(db::Record& record, const Occurrence& occurrence, const Round& round);
    void lose(const Occurrence& occurrence, const std::string& why);
    void addRow(const KernelName& name, const LaunchShape& shape);
    [[nodiscard]] RangeRotation& rotation(int device, DeviceCounters& counters);

    const Options m_options;
    const cupti::Driver& m_driver;
    const ProgramState& m_program;
    const Report m_report;
    RangeSelection m_selection;
    KernelSelection m_kernels;  ///< for the names of kernels
    KernelCatalog m_catalog;
    ProfilerSlot m_slot;

    // With the slot's turn.
    std::unique_ptr<Occurrence> m_measured;
    std::map<int, RangeRotation> m_rotations;                    ///< by device
    std::map<std::pair<int, std::string>, Round> m_rounds;       ///< by device and name
    std::map<std::pair<int, std::string>, std::int64_t> m_seen;  ///< occurrences chosen, for LaunchKey

    std::mutex m_rowsMutex;
    std::atomic<CUcontext> m_listed{nullptr};  ///< the context whose launches are of the measured range
    std::vector<db::Kernel> m_rows;
    RecentKernels m_recent;
};

}  // namespace ridge::inject
