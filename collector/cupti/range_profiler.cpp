// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/range_profiler.hpp"

#include <fmt/format.h>

#include "collector/cupti/device_queries.hpp"
#include "collector/cupti/error.hpp"
#include "collector/cupti/host_profiler.hpp"
#include "collector/cupti/range_session.hpp"

namespace ridge::cupti {
namespace {

/// A pass more than planned is allowed for; a profiler that never says "all submitted" is not.
constexpr std::size_t sparePasses = 4;

Gate openGate(const Api& api, const Driver* driver, int device) {
    Gate gate = passGate(api, driver, device);
    requireOpen(gate);
    return gate;
}

}  // namespace

RangeProfilerBackend::RangeProfilerBackend(const Api& api, const Driver* driver, int device)
    : m_api(api), m_driver(driver), m_gate(openGate(api, driver, device)), m_context(*driver, m_gate.device) {
    const CurrentContext current(*m_driver, m_context.get());
    m_chip = chipOf(m_api, device);
    m_availability = availabilityOf(m_api, m_context.get());
}

CounterReading RangeProfilerBackend::read(const std::vector<std::string>& metrics, const RangeWork& work) {
    const CollectionPlan& plan = planOf(metrics);
    CounterReading reading;
    reading.refused = plan.refused;
    if (plan.metrics.empty()) return reading;
    const std::vector<std::uint8_t> counterData = collect(plan, work, reading.passes);
    addValues(reading, plan.metrics, evaluate(plan, counterData));
    return reading;
}

Fixture RangeProfilerBackend::record(const std::vector<std::string>& metrics, const RangeWork& work) {
    const CollectionPlan& plan = planOf(metrics);
    Fixture fixture;
    fixture.chip = m_chip;
    fixture.metrics = plan.metrics;
    fixture.ranges = {std::string(work.name)};
    fixture.availability = m_availability;
    fixture.configImage = plan.configImage;
    fixture.counterData = collect(plan, work, fixture.passes);
    fixture.values = evaluate(plan, fixture.counterData);
    return fixture;
}

std::vector<std::uint8_t> RangeProfilerBackend::collect(const CollectionPlan& plan, const RangeWork& work,
                                                        int& passes) const {
    const CurrentContext current(*m_driver, m_context.get());
    std::vector<std::uint8_t> counterData;  // declared before the session: CUPTI keeps a pointer to its bytes
    const RangeSession session(m_api, m_context.get());
    counterData = session.makeCounterData(plan.metrics);
    session.configure(plan.configImage, counterData);
    passes = static_cast<int>(runPasses(session, work, plan.passes));
    session.decode(counterData);
    return counterData;
}

std::vector<double> RangeProfilerBackend::evaluate(const CollectionPlan& plan,
                                                   std::span<const std::uint8_t> counterData) const {
    return HostProfiler(m_api, m_chip, m_availability).evaluate(counterData, 0, plan.metrics);
}

std::size_t RangeProfilerBackend::runPasses(const RangeSession& session, const RangeWork& work,
                                            std::size_t planned) const {
    const std::string name(work.name);
    std::size_t passes = 0;
    for (bool all = false; !all; ++passes) {
        if (passes == planned + sparePasses) {
            throw Error(ExitCode::failed,
                        fmt::format("the counters of '{}' were not complete after {} passes of {}", name,
                                    passes, planned),
                        "measure the point again; report it if it stays");
        }
        if (work.prepare) work.prepare();
        const CurrentContext current(*m_driver, m_context.get());  // the work may leave another one
        all = session.runPass(name, work.work);
    }
    return passes;
}

void RangeProfilerBackend::probe(const std::vector<std::string>& metrics) {
    const CollectionPlan& plan = planOf(metrics);
    const CurrentContext current(*m_driver, m_context.get());
    std::vector<std::uint8_t> counterData;
    const RangeSession session(m_api, m_context.get());
    counterData = session.makeCounterData(plan.metrics);
    session.configure(plan.configImage, counterData);
    try {
        // Whether somebody else has the counters, or they are forbidden, may be told only by the first Start.
        static_cast<void>(session.runPass("ridge/probe", [] {}));
    } catch (const CuptiError& error) {
        // Whether a range may be empty is not documented: codes that say nothing of the machine decide
        // nothing.
        if (translate(error.result()).known) throw;
    }
}

metrics::Resolution RangeProfilerBackend::resolve(const metrics::MetricSet& set) const {
    return resolveOn(m_api, m_chip, set, m_availability);
}

std::size_t RangeProfilerBackend::passes(const std::vector<std::string>& metrics) {
    return planOf(metrics).passes;
}

const CollectionPlan& RangeProfilerBackend::planOf(const std::vector<std::string>& metrics) {
    const auto known = m_plans.find(metrics);
    if (known != m_plans.end()) return known->second;
    return m_plans.emplace(metrics, planCollection(m_api, m_chip, metrics, m_availability)).first->second;
}

std::unique_ptr<RangeProfilerBackend> makeRangeProfilerBackend(int device) {
    return std::make_unique<RangeProfilerBackend>(library().api, driver(), device);
}

}  // namespace ridge::cupti
