// SPDX-License-Identifier: Apache-2.0
// Range mode: a row an NVTX range. A range is not run again: each occurrence collects the metrics of one
// pass, as many occurrences as there are passes make one row, and each of them sends it as far as it is
// known.
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
#include "collector/inject/range_round.hpp"
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
        std::int64_t beganNs = 0;
        Flushed flushed = Flushed::yes;
    };
    /// The ranges of one name on one device.
    struct Series {
        RangeRound round;
        std::optional<MeasuredRecord> sent;  ///< the row of this round so far
        std::int64_t occurrences = 0;        ///< chosen, for LaunchKey
    };

    void open(const NvtxRange& range);
    /// `context`: set once it is known whose range it is.
    void begin(const NvtxRange& range, Context*& context);
    void notBegun(const std::exception& error, const NvtxRange& range, const Context* context) noexcept;
    [[nodiscard]] Series& series(const Occurrence& occurrence);
    [[nodiscard]] static const cupti::CollectionPlan& planFor(DeviceCounters& counters,
                                                              const RangeRound& round);
    void close(const Occurrence& occurrence);
    void add(const Occurrence& occurrence, RangePass pass);
    /// Ends the round as it is: the occurrence after it did other work.
    void endEarly(const std::string& name, Series& series);
    /// The row of a round, without counters.
    [[nodiscard]] MeasuredRecord describe(const Occurrence& occurrence, const RangeRound& round);
    /// Puts the round's counters into the record, or why there are none. True when no occurrence will add to
    /// them.
    [[nodiscard]] bool fill(db::Record& record, const Occurrence& occurrence, const RangeRound& round);
    void send(Series& series, MeasuredRecord measured, bool isLast);
    void lose(const Occurrence& occurrence, const std::string& why);
    void addRow(const KernelName& name, const LaunchShape& shape);

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
    std::map<std::pair<int, std::string>, Series> m_series;  ///< by device and name

    std::mutex m_rowsMutex;
    std::atomic<CUcontext> m_listed{nullptr};  ///< the context whose launches are of the measured range
    std::vector<db::Kernel> m_rows;
    RecentKernels m_recent;
};

}  // namespace ridge::inject
