// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>

#include "collector/inject/cache_flush.hpp"
#include "collector/inject/gpu_wait.hpp"
#include "collector/inject/idle_traffic.hpp"
#include "collector/metrics/flags.hpp"
#include "collector/metrics/idle_traffic.hpp"
#include "collector/metrics/record_values.hpp"

namespace ridge::inject {
namespace {

void flush(const cupti::Driver& driver, ProfilerSlot& slot, Context& context, Described& described) {
    const Flushed flushed = flushCaches(driver, context.device, context.reader);
    if (flushed == Flushed::no) described.record.point.cache = toText(Cache::warm);
    if (const char* note = noteOf(flushed)) slot.note(note);
}

}  // namespace

void LaunchMeasurement::begin(const Options& options, const cupti::Driver& driver, ProfilerSlot& slot,
                              Context& context, const std::optional<LaunchIdentity>& identity,
                              Described& described) {
    m_driver = &driver;
    m_context = &context;
    m_wantsIdle = options.idleTraffic;
    try {
        m_counters = &slot.counters(context);
        m_once = {};
        m_history = identity ? &m_counters->history(*identity) : nullptr;
        m_work = m_history != nullptr ? &m_history->work : &m_once;
        m_amended.reset();
        m_mayBeAmended = false;
        m_plan = m_counters->plan(*m_work);
        m_session =
            &slot.session(context, m_counters->collection(m_plan.first), ProfilerSession::Kind::kernel,
                          std::max<std::size_t>(described.record.kernels.size(), 1));
        waitForGpu(driver);  // DRAM counters see the whole device: other streams' work too
        if (options.cache == Cache::cold) flush(driver, slot, context, described);
        m_during.beginNs = monotonicNs();
        m_session->begin({});
    } catch (...) {
        slot.drop();
        throw;
    }
}

void LaunchMeasurement::end(CUresult result, ProfilerSlot& slot, Described& described) noexcept {
    try {
        read(result, slot, described);
    } catch (const std::exception& error) {
        setUnmeasured(described.record, db::Status::failed, error.what());
        slot.failed(error, *m_context);
    }
    m_during.endNs = monotonicNs();
    if (m_wantsIdle && described.record.point.status == db::Status::ok)
        metrics::addIdleTraffic(described.record, idleDram(*m_driver, slot, *m_context, *m_counters));
}

void LaunchMeasurement::send(MeasuredRecord measured, ProfilerSlot& slot) {
    if (m_amended) slot.report(*m_amended);
    if (m_mayBeAmended) {
        measured.revision = Revision{slot.newRow(), false};
        m_counters->keep(*m_history, measured);
    }
    slot.report(measured);
}

void LaunchMeasurement::read(CUresult result, ProfilerSlot& slot, Described& described) {
    m_session->end();
    if (result != CUDA_SUCCESS) {
        slot.drop();
        setUnmeasured(described.record, db::Status::failed,
                      fmt::format("the launch failed with CUDA error {}", static_cast<int>(result)));
        return;
    }
    const cupti::CollectionPlan& plan = m_session->plan();
    const ProfilerSession::Decoded decoded = m_session->decode();
    const cupti::CounterReading reading = m_counters->read(decoded.image, plan.metrics, decoded.ranges);
    if (decoded.ranges > 1) slot.note("the counters of a whole CUDA graph are those of its kernels");
    m_session->clear();
    slot.succeeded(*m_context);
    const metrics::Judgement judgement = m_counters->judge(*m_work, m_plan, reading.values);
    if (m_history != nullptr) m_amended = m_history->first.amend(judgement, m_counters->resolution());
    if (!judgement.failure.empty()) {
        slot.note("a FLOP count was zero although the tensor cores worked: ridge doctor --selftest");
        setUnmeasured(described.record, db::Status::failed, judgement.failure);
        return;
    }
    const auto absent =
        addCounters(described.record, judgement.evaluation, reading.values, static_cast<int>(plan.passes));
    for (const std::string& reason : absent) slot.note(reason);
    for (const std::string& metric : judgement.zeros)
        metrics::addKnownZero(described.record, judgement.evaluation, metrics::zeroByEarlier, metric);
    m_mayBeAmended = m_history != nullptr && judgement.isFirst && judgement.isUnproven;
    if (judgement.isUnproven) metrics::addFlags(described.record.point.flags, metrics::unprovenFlopsFlag);
    if (!judgement.doubt.empty())
        described.record.point.statusReason = "executed FLOPs unknown: " + judgement.doubt;
}

}  // namespace ridge::inject
