// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/range_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "collector/cupti/error.hpp"
#include "collector/cupti/leases.hpp"
#include "collector/metrics/repeated_work.hpp"
#include "collector/metrics/silent_zero.hpp"

namespace ridge::inject {
namespace {

void waitFor(const cupti::Driver& driver) {
    if (const CUresult result = driver.ctxSynchronize(); result != CUDA_SUCCESS) {
        throw Error(ExitCode::failed,
                    fmt::format("the GPU's work failed with CUDA error {}", static_cast<int>(result)),
                    "run the program without ridge");
    }
}

/// Equal work launches the same kernels as often; its grids may grow with the program's state.
bool sameKernels(const std::vector<db::Kernel>& a, const std::vector<db::Kernel>& b) {
    const auto launches = [](const std::vector<db::Kernel>& rows) {
        std::map<std::string, std::int64_t> count;
        for (const db::Kernel& row : rows) count[row.name] += row.launches;
        return count;
    };
    return launches(a) == launches(b);
}

bool sameGrids(const std::vector<db::Kernel>& a, const std::vector<db::Kernel>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const db::Kernel& x, const db::Kernel& y) {
        return x.name == y.name && x.grid == y.grid && x.block == y.block && x.launches == y.launches;
    });
}

/// No tensor work was counted, and the next occurrence can tell whether the tensor pipe worked.
bool isUnproven(DeviceCounters& counters, const std::map<std::string, double>& values) {
    return metrics::isUnproven(counters.evaluate(values), counters.resolution(), values) &&
           counters.pipe() != nullptr;
}

}  // namespace

RangeRecorder::RangeRecorder(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
                             const ProgramState& program, Report report)
    : m_options(options),
      m_driver(driver),
      m_program(program),
      m_report(report),
      m_selection(options),
      m_kernels(options),
      m_catalog(m_kernels),
      m_slot(api, driver, options.metricSet, std::move(report)) {}

void RangeRecorder::launching(const Launch& launch) noexcept {
    if (launch.context != m_listed.load() || launch.context == nullptr) return;
    try {
        const std::lock_guard lock(m_rowsMutex);
        if (launch.graph == nullptr) {
            addRow(m_catalog.of(launch.function, launch.name, m_recent).info.name, launch.shape);
            return;
        }
        for (const GraphKernel& part : m_program.graphs.of(launch.graph).kernels)
            addRow(m_catalog.of(part.name).info.name, part.shape);
    } catch (const std::exception& error) {
        m_slot.refuse(error);
    }
}

void RangeRecorder::addRow(const KernelName& name, const LaunchShape& shape) {
    db::Kernel row = kernelRow(name, shape, static_cast<std::int64_t>(m_rows.size()));
    const auto known = std::find_if(m_rows.begin(), m_rows.end(), [&](const db::Kernel& other) {
        return other.name == row.name && other.grid == row.grid && other.block == row.block;
    });
    if (known == m_rows.end()) {
        m_rows.push_back(std::move(row));
    } else {
        ++known->launches;
    }
}

void RangeRecorder::pushed(std::span<const NvtxRange> stack) {
    if (m_slot.isUsable() && m_selection.pushed(stack)) open(stack.back());
}

void RangeRecorder::started(const NvtxRange& range, std::span<const NvtxRange> open) {
    if (m_slot.isUsable() && m_selection.started(range, open)) this->open(range);
}

void RangeRecorder::open(const NvtxRange& range) {
    const auto alone = m_slot.turn();
    try {
        begin(range);
    } catch (const std::exception& error) {
        m_measured.reset();
        m_slot.drop();
        m_slot.refuse(error);
        sendIfLast();
    }
}

void RangeRecorder::begin(const NvtxRange& range) {
    CUcontext handle = nullptr;
    if (m_driver.ctxGetCurrent(&handle) != CUDA_SUCCESS || handle == nullptr) {
        m_slot.note(fmt::format("range '{}' began on a thread that had not used the GPU yet: not measured",
                                range.name));
        return;
    }
    if (m_program.captures.any()) {
        m_slot.note(fmt::format("range '{}' began while the program recorded a CUDA graph: not measured",
                                range.name));
        return;
    }
    auto fresh = std::make_unique<Occurrence>();
    fresh->range = range;
    RecentContext recent;
    fresh->context = m_slot.context(handle, recent);
    if (fresh->context == nullptr) return;
    fresh->counters = &m_slot.counters(*fresh->context);
    const auto stack = threadRanges();
    fresh->stack.assign(stack.begin(), stack.end());
    fresh->started = startedRanges();
    fresh->ordinal = m_seen[{fresh->context->device, range.name}]++;
    fresh->session = &m_slot.session(*fresh->context, planFor(*fresh), ProfilerSession::Kind::range);
    waitFor(m_driver);
    if (m_options.cache == Cache::cold)
        fresh->flushed = flushCaches(m_driver, fresh->context->device, fresh->context->reader);
    fresh->during.beginNs = monotonicNs();
    fresh->session->begin(range.name);
    {
        const std::lock_guard lock(m_rowsMutex);
        m_rows.clear();
    }
    m_listed = handle;
    m_measured = std::move(fresh);
}

const cupti::CollectionPlan& RangeRecorder::planFor(const Occurrence& occurrence) {
    const int device = occurrence.context->device;
    const Round& round = m_rounds[{device, occurrence.range.name}];
    if (round.unproven) return *occurrence.counters->pipe();
    const int pass = rotation(device, *occurrence.counters).pass(occurrence.range.name);
    return occurrence.counters->groups().groups.at(static_cast<std::size_t>(pass));
}

void RangeRecorder::closing(const NvtxRange& range) {
    if (!m_selection.closed(range.key)) return;
    const auto alone = m_slot.turn();
    if (!m_measured) return;
    const std::unique_ptr<Occurrence> occurrence = std::move(m_measured);
    try {
        if (m_program.captures.any()) {
            // Stopping the counters now could invalidate what is recorded.
            m_slot.dropLater();
            lose(*occurrence, "the program records a CUDA graph across its end");
        } else {
            close(*occurrence);
        }
    } catch (const std::exception& error) {
        lose(*occurrence, error.what());
        m_slot.failed(error);
    }
    m_listed = nullptr;
    sendIfLast();
}

void RangeRecorder::sendIfLast() noexcept {
    if (m_slot.isUsable() && !m_selection.quota().isExhausted()) return;
    try {
        sendUnproven();
    } catch (const std::exception& error) {
        m_slot.refuse(error);
    }
}

void RangeRecorder::close(Occurrence& occurrence) {
    // A start/end range may end on another thread than it began.
    const cupti::CurrentContext current(m_driver, occurrence.context->handle);
    waitFor(m_driver);
    occurrence.session->end();
    occurrence.during.endNs = monotonicNs();
    m_listed = nullptr;
    {
        const std::lock_guard lock(m_rowsMutex);
        occurrence.rows = std::move(m_rows);
        m_rows.clear();
    }
    const cupti::CounterReading reading =
        occurrence.counters->read(occurrence.session->decode().image, occurrence.session->plan().metrics);
    occurrence.session->clear();
    m_slot.succeeded();
    add(occurrence, reading);
}

void RangeRecorder::add(Occurrence& occurrence, const cupti::CounterReading& reading) {
    const int device = occurrence.context->device;
    Round& round = m_rounds[{device, occurrence.range.name}];
    if (round.unproven) return prove(occurrence, reading, std::exchange(round, {}));
    if (round.passes == 0) {
        round.beganNs = occurrence.during.beginNs;
    } else {
        round.sameKernels = round.sameKernels && sameKernels(round.rows, occurrence.rows);
        round.sameGrids = round.sameGrids && sameGrids(round.rows, occurrence.rows);
    }
    ++round.passes;
    round.rows = occurrence.rows;
    round.values.insert(reading.values.begin(), reading.values.end());
    if (!rotation(device, *occurrence.counters).collected(occurrence.range.name)) return;
    // Whatever fails from here on, the next round has none of these values.
    Round done = std::exchange(round, {});
    if (done.sameKernels && isUnproven(*occurrence.counters, done.values)) {
        done.unproven = occurrence;
        round = std::move(done);
    } else {
        send(occurrence, std::move(done));
    }
}

void RangeRecorder::prove(const Occurrence& occurrence, const cupti::CounterReading& reading, Round round) {
    if (!sameKernels(round.rows, occurrence.rows)) {
        const Occurrence last = *std::move(round.unproven);
        return send(last, std::move(round));
    }
    round.sameGrids = round.sameGrids && sameGrids(round.rows, occurrence.rows);
    ++round.passes;
    round.values.insert(reading.values.begin(), reading.values.end());
    send(occurrence, std::move(round));
}

void RangeRecorder::sendUnproven() {
    for (auto& [name, round] : m_rounds) {
        if (!round.unproven) continue;
        Round done = std::exchange(round, {});
        const Occurrence last = *std::move(done.unproven);
        send(last, std::move(done));
    }
}

void RangeRecorder::fill(db::Record& record, const Occurrence& occurrence, const Round& round) {
    if (!round.sameKernels) {
        return setUnmeasured(
            record, db::Status::failed,
            fmt::format("its {} passes are of occurrences that launched different kernels", round.passes));
    }
    metrics::Evaluation evaluation = occurrence.counters->evaluate(round.values);
    const auto zero = metrics::silentZero(evaluation, occurrence.counters->resolution(), round.values);
    if (zero && zero->isCertain) return setUnmeasured(record, db::Status::failed, zero->text);
    std::string doubt = zero ? zero->text : std::string();
    if (isUnproven(*occurrence.counters, round.values)) {
        doubt =
            "no tensor work was counted, and no further occurrence with the same kernels could look at the "
            "tensor pipe";
    }
    if (!doubt.empty()) {
        metrics::makeFlopsUnknown(evaluation, occurrence.counters->resolution());
        record.point.statusReason = "executed FLOPs unknown: " + doubt;
    }
    for (const std::string& reason : addCounters(record, evaluation, round.values, round.passes))
        m_slot.note(reason);
    if (!round.sameGrids) {
        m_slot.note(
            fmt::format("the {} occurrences of '{}' that make one point launched other grids each: its "
                        "ratios across passes are approximate",
                        round.passes, occurrence.range.name));
    }
}

void RangeRecorder::send(const Occurrence& occurrence, Round round) {
    Described described =
        rangeRecord(m_options, occurrence.range, std::move(round.rows), occurrence.stack, occurrence.started);
    for (const std::string& text : described.notes) m_slot.note(text);
    if (occurrence.flushed == Flushed::no) described.record.point.cache = toText(Cache::warm);
    if (const char* note = noteOf(occurrence.flushed)) m_slot.note(note);
    fill(described.record, occurrence, round);
    m_report(MeasuredRecord{occurrence.context->device, std::move(described.record),
                            LaunchKey{occurrence.range.name, occurrence.ordinal, {}, {}},
                            Interval{round.beganNs, occurrence.during.endNs}});
}

void RangeRecorder::lose(const Occurrence& occurrence, const std::string& why) {
    m_slot.note(fmt::format("an occurrence of range '{}' was lost: {}", occurrence.range.name, why));
    rotation(occurrence.context->device, *occurrence.counters).lost(occurrence.range.name);
}

RangeRotation& RangeRecorder::rotation(int device, DeviceCounters& counters) {
    const auto known = m_rotations.find(device);
    if (known != m_rotations.end()) return known->second;
    return m_rotations.emplace(device, RangeRotation(static_cast<int>(counters.groups().groups.size())))
        .first->second;
}

void RangeRecorder::contextDestroyed(CUcontext context) noexcept {
    try {
        const auto alone = m_slot.turn();
        if (m_measured && m_measured->context->handle == context) {
            lose(*m_measured, "its context was destroyed before it ended");
            m_measured.reset();
            m_listed = nullptr;
        }
    } catch (const std::exception& error) {
        m_slot.refuse(error);
    }
    m_slot.contextDestroyed(context);
}

Counts RangeRecorder::finish() noexcept {
    m_slot.end();
    try {
        const auto alone = m_slot.tryTurn();
        if (!alone.owns_lock()) return {openedRanges(), m_selection.quota().matched()};
        sendUnproven();
        for (const auto& [device, rotation] : m_rotations) {
            for (const RangeRotation::Incomplete& range : rotation.incomplete()) {
                Described described = rangeRecord(m_options, {{}, range.name, 0}, {}, {}, {});
                setUnmeasured(described.record, db::Status::failed, range.reason);
                m_report(MeasuredRecord{device, std::move(described.record), std::nullopt});
            }
        }
    } catch (const std::exception& error) {
        m_slot.refuse(error);
    }
    return {openedRanges(), m_selection.quota().matched()};
}

}  // namespace ridge::inject
