// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_measurement.hpp"

#include <fmt/format.h>

#include <exception>
#include <string>

namespace ridge::inject {

void LaunchMeasurement::begin(const Options& options, const cupti::Driver& driver, ProfilerSlot& slot,
                              Context& context, Described& described) {
    try {
        m_counters = &slot.counters(context);
        m_session = &slot.session(context, m_counters->plan(), ProfilerSession::Kind::kernel);
        if (options.cache == Cache::cold && !flushCaches(driver, context.device)) {
            described.record.point.cache = toText(Cache::warm);
            slot.note("caches were not flushed: the device has no memory left for it; those points say warm");
        }
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
    const cupti::CounterReading reading = m_counters->read(m_session->decode(), plan.metrics);
    m_session->clear();
    const auto absent = addCounters(described.record, m_counters->evaluate(reading.values), reading.values,
                                    static_cast<int>(plan.passes));
    for (const std::string& reason : absent) slot.note(reason);
    slot.succeeded();
}

}  // namespace ridge::inject
