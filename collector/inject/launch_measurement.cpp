// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>

#include "collector/inject/cache_flush.hpp"

namespace ridge::inject {
namespace {

void flush(const cupti::Driver& driver, ProfilerSlot& slot, Context& context, Described& described) {
    const Flushed flushed = flushCaches(driver, context.device, context.reader);
    if (flushed == Flushed::no) described.record.point.cache = toText(Cache::warm);
    if (const char* note = noteOf(flushed)) slot.note(note);
}

}  // namespace

void LaunchMeasurement::begin(const Options& options, const cupti::Driver& driver, ProfilerSlot& slot,
                              Context& context, Described& described) {
    try {
        m_counters = &slot.counters(context);
        m_session = &slot.session(context, m_counters->plan(), ProfilerSession::Kind::kernel,
                                  std::max<std::size_t>(described.record.kernels.size(), 1));
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
        slot.failed(error);
    }
    m_during.endNs = monotonicNs();
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
    const auto absent = addCounters(described.record, m_counters->evaluate(reading.values), reading.values,
                                    static_cast<int>(plan.passes));
    for (const std::string& reason : absent) slot.note(reason);
    slot.succeeded();
}

}  // namespace ridge::inject
