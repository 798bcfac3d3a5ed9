// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/range_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "collector/cupti/error.hpp"
#include "collector/cupti/leases.hpp"
#include "collector/inject/gpu_wait.hpp"
#include "collector/inject/idle_traffic.hpp"
#include "collector/metrics/idle_traffic.hpp"

namespace ridge::inject {
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
    Context* context = nullptr;
    try {
        begin(range, context);
    } catch (const std::exception& error) {
        m_measured.reset();
        m_slot.drop();
        notBegun(error, range, context);
    }
}

void RangeRecorder::notBegun(const std::exception& error, const NvtxRange& range,
                             const Context* context) noexcept {
    try {
        if (context == nullptr || !m_slot.survives(error, *context)) return m_slot.refuse(error);
        m_slot.note(
            fmt::format("an occurrence of range '{}' was not measured: {}", range.name, error.what()));
    } catch (const std::exception& second) {
        m_slot.refuse(second);
    }
}

void RangeRecorder::begin(const NvtxRange& range, Context*& context) {
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
    if (fresh->context == nullptr || m_slot.isGivenUp(*fresh->context)) return;
    context = fresh->context;
    fresh->counters = &m_slot.counters(*fresh->context);
    const auto stack = threadRanges();
    fresh->stack.assign(stack.begin(), stack.end());
    fresh->started = startedRanges();
    Series& series = this->series(*fresh);
    fresh->ordinal = series.occurrences++;
    fresh->session = &m_slot.session(*fresh->context, planFor(*fresh->counters, series.round),
                                     ProfilerSession::Kind::range);
    waitForGpu(m_driver);
    if (m_options.cache == Cache::cold)
        fresh->flushed = flushCaches(m_driver, fresh->context->device, fresh->context->reader);
    fresh->beganNs = monotonicNs();
    // Its own copy: the name must stay while the range is open, and the thread's stack may move at a push.
    fresh->session->begin(fresh->range.name);
    {
        const std::lock_guard lock(m_rowsMutex);
        m_rows.clear();
    }
    m_listed = handle;
    m_measured = std::move(fresh);
}

RangeRecorder::Series& RangeRecorder::series(const Occurrence& occurrence) {
    const std::pair<int, std::string> key{occurrence.context->device, occurrence.range.name};
    const auto known = m_series.find(key);
    if (known != m_series.end()) return known->second;
    return m_series.emplace(key, Series{RangeRound(occurrence.counters->groups().groups.size()), {}, 0})
        .first->second;
}

const cupti::CollectionPlan& RangeRecorder::planFor(DeviceCounters& counters, const RangeRound& round) {
    return round.isWhole() ? *counters.pipe() : counters.groups().groups.at(round.collected());
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
        m_slot.failed(error, *occurrence->context);
    }
    m_listed = nullptr;
}

void RangeRecorder::close(const Occurrence& occurrence) {
    // A start/end range may end on another thread than it began.
    const cupti::CurrentContext current(m_driver, occurrence.context->handle);
    waitForGpu(m_driver);
    occurrence.session->end();
    RangePass pass;
    pass.during = {occurrence.beganNs, monotonicNs()};
    pass.isCold = occurrence.flushed != Flushed::no;
    m_listed = nullptr;
    {
        const std::lock_guard lock(m_rowsMutex);
        pass.kernels = std::exchange(m_rows, {});
    }
    pass.values =
        occurrence.counters->read(occurrence.session->decode().image, occurrence.session->plan().metrics)
            .values;
    m_slot.succeeded(*occurrence.context);
    try {
        occurrence.session->clear();
    } catch (const cupti::CuptiError& error) {  // of no further use; what it counted has been read
        m_slot.failed(error, *occurrence.context);
    }
    if (m_options.idleTraffic)
        static_cast<void>(idleDram(m_driver, m_slot, *occurrence.context, *occurrence.counters));
    add(occurrence, std::move(pass));
}

void RangeRecorder::add(const Occurrence& occurrence, RangePass pass) {
    Series& series = this->series(occurrence);
    if (!series.round.isSameWork(pass.kernels)) return endEarly(occurrence.range.name, series);
    series.round.add(std::move(pass));
    MeasuredRecord measured = describe(occurrence, series.round);
    const bool isLast = fill(measured.record, occurrence, series.round);
    send(series, std::move(measured), isLast);
}

void RangeRecorder::endEarly(const std::string& name, Series& series) {
    m_slot.note(fmt::format("not all occurrences of range '{}' launched the same kernels", name));
    MeasuredRecord measured = *series.sent;
    if (!series.round.isWhole()) {
        measured.record.point.statusReason = series.round.incomplete(
            "the next occurrence of the range launched other kernels; name ranges of other work otherwise");
    }
    measured.launch.reset();  // the unprofiled run's time is that of all occurrences
    send(series, std::move(measured), true);
}

MeasuredRecord RangeRecorder::describe(const Occurrence& occurrence, const RangeRound& round) {
    Described described =
        rangeRecord(m_options, occurrence.range, round.kernels(), occurrence.stack, occurrence.started);
    for (const std::string& text : described.notes) m_slot.note(text);
    if (!round.isCold()) described.record.point.cache = toText(Cache::warm);
    if (const char* note = noteOf(occurrence.flushed)) m_slot.note(note);
    return {occurrence.context->device, std::move(described.record),
            LaunchKey{occurrence.range.name, occurrence.ordinal, {}, {}}, round.during()};
}

bool RangeRecorder::fill(db::Record& record, const Occurrence& occurrence, const RangeRound& round) {
    DeviceCounters& counters = *occurrence.counters;
    const RangeVerdict verdict =
        round.judge(counters.evaluate(round.values()), counters.resolution(), counters.pipe() != nullptr);
    setUnmeasured(record, verdict.status, verdict.reason);
    if (verdict.status == db::Status::failed) return verdict.isLast;
    const std::vector<std::string> absent =
        addCounters(record, verdict.evaluation, round.values(), static_cast<int>(round.collected()));
    metrics::addIdleTraffic(record, counters.idleDram().value_or(std::nullopt));
    if (!verdict.isLast) return false;
    for (const std::string& reason : absent) m_slot.note(reason);
    if (!round.hasSameGrids()) {
        m_slot.note(
            fmt::format("the {} occurrences of '{}' that make one point launched other grids each: its "
                        "ratios across passes are approximate",
                        round.collected(), occurrence.range.name));
    }
    return true;
}

void RangeRecorder::send(Series& series, MeasuredRecord measured, bool isLast) {
    if (series.sent) {
        measured.revision = Revision{series.sent->revision->row, isLast};
    } else if (!isLast) {
        measured.revision = Revision{m_slot.newRow(), false};
    }
    m_report(measured);
    if (isLast) {
        series.round.restart();
        series.sent.reset();
    } else {
        series.sent = std::move(measured);
    }
}

void RangeRecorder::lose(const Occurrence& occurrence, const std::string& why) {
    m_slot.note(fmt::format("an occurrence of range '{}' was lost: {}", occurrence.range.name, why));
    Series& series = this->series(occurrence);
    if (series.sent) return;  // as far as it is known; the next occurrence collects this pass
    series.round.restart();
    MeasuredRecord measured = describe(occurrence, series.round);
    setUnmeasured(measured.record, db::Status::failed, series.round.incomplete(why));
    measured.launch.reset();
    measured.during.reset();
    send(series, std::move(measured), false);
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
        if (alone.owns_lock() && m_measured) lose(*m_measured, "the program ended inside it");
    } catch (const std::exception& error) {
        m_slot.refuse(error);
    }
    return {openedRanges(), m_selection.quota().matched()};
}

}  // namespace ridge::inject
