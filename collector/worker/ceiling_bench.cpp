// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/ceiling_bench.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "collector/cuda/device.hpp"
#include "collector/cuda/error.hpp"
#include "collector/metrics/counted_work.hpp"
#include "collector/metrics/flags.hpp"
#include "collector/worker/point_counters.hpp"
#include "collector/worker/stopping_rule.hpp"
#include "db/analysis/statistics.hpp"
#include "workloads/ceilings/load_kernels.hpp"
#include "workloads/shape/ceiling.hpp"

namespace ridge::worker {
namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t leadNs = 50'000, probeNs = 300'000;
constexpr std::size_t mostClockReadings = 32;
constexpr plan::Repetition repetition{10, 0.5, 5, 0.002};

}  // namespace

CeilingBench::CeilingBench(int device, std::function<cupti::RangeProfilerBackend&()> counters,
                           DeviceWatch& watch)
    : m_capability(cuda::describeDevice(device).computeCapability),
      m_l2Bytes(cuda::l2Bytes(device)),
      m_counters(std::move(counters)),
      m_watch(watch),
      m_timer(m_runner, m_l2Bytes),
      m_clock(sizeof(workloads::ClockReading)) {}

protocol::CeilingReply CeilingBench::measure(const std::string& name) {
    const db::CeilingKind& kind = shape::measuredCeiling(name);
    if (const auto refusal = shape::ceilingRefusal(name, m_capability)) return {std::nullopt, *refusal, {}};
    const std::vector<workloads::Load> loads = workloads::loadsOf(name, site());
    const workloads::Load& load = fastest(loads);
    const LoadTiming timing = time(load);
    return {ceilingOf(kind, load, timing, countIfPermitted(load, name)), {}, disturbanceOf(timing).flags};
}

db::Record CeilingBench::check(const std::string& name) {
    const shape::ClosedForm& form = shape::closedForm(name);
    db::Record record;
    if (auto refusal = shape::ceilingRefusal(form.path, m_capability)) {
        record.point = plannedCheck(form);
        record.point.status = db::Status::skipped;
        record.point.statusReason = std::move(*refusal);
        return record;
    }
    static_cast<void>(m_counters());  // not permitted: say so before any work
    const workloads::Load load = workloads::closedFormLoad(name, site());
    const LoadTiming timing = time(load);
    const Counted counted = count(load, form.path);
    record.point = selfCheckPoint(form, load, timing, metrics::countedWork(counted.evaluation, form.path));
    record.point.samples = static_cast<std::int64_t>(timing.samples.size());
    record.samples = timing.samples;
    record.metrics = timing.users;
    addCounters(record, counted.evaluation, counted.reading, 1);
    record.point.flags = metrics::flagsOf(record);
    return record;
}

workloads::LoadSite CeilingBench::site() {
    return {m_runner, m_l2Bytes, cuda::usableBytes()};
}

double CeilingBench::pilotNs(const workloads::Load& load) {
    load.launch();  // loads code, and brings L2 and DRAM into the state that repetition leaves
    std::array<double, 3> pilots{};
    for (double& pilot : pilots) pilot = m_timer.timeNs(load.launch, leadNs);
    return *analysis::median(pilots);
}

const workloads::Load& CeilingBench::fastest(const std::vector<workloads::Load>& loads) {
    const workloads::Load* best = &loads.front();
    double most = 0;
    for (const workloads::Load& load : loads) {
        const double rate = load.work / pilotNs(load);
        if (rate <= most) continue;
        most = rate;
        best = &load;
    }
    return *best;
}

LoadTiming CeilingBench::time(const workloads::Load& load) {
    load.launch();
    StoppingRule rule(repetition);
    LoadTiming timing;
    std::vector<double> clocks;
    const auto start = steady_clock::now();
    bool done = false;
    while (!done) {
        const double taken = m_timer.timeNs(load.launch, leadNs);
        if (clocks.size() < mostClockReadings) clocks.push_back(clockHz());
        timing.samples.emplace_back().timeNs = taken;
        m_watch.addTelemetry(timing.samples.back());
        done = rule.add(taken, std::chrono::duration<double>(steady_clock::now() - start).count());
    }
    timing.timeNs = *analysis::median(rule.samples());
    if (const auto interval = analysis::medianInterval95(rule.samples()))
        timing.spread = (interval->high - interval->low) / 2 / timing.timeNs;
    timing.clockHz = analysis::median(clocks);
    timing.outcome = rule.outcome();
    m_watch.addUsers(timing.users);
    return timing;
}

double CeilingBench::clockHz() {
    workloads::ClockReading reading;
    auto* const device = static_cast<workloads::ClockReading*>(m_clock.data());
    cuda::check(workloads::launchClockProbe(probeNs, device, m_runner.stream()));
    cuda::check(cudaMemcpyAsync(&reading, device, sizeof reading, cudaMemcpyDeviceToHost, m_runner.stream()));
    m_runner.wait();
    return 1e9 * static_cast<double>(reading.cycles) / static_cast<double>(reading.nanoseconds);
}

CeilingBench::Counted CeilingBench::count(const workloads::Load& load, std::string_view path) {
    const metrics::MetricSet set = metrics::loadSet(metrics::metricSetFor(path));
    cupti::RangeProfilerBackend& counters = m_counters();
    const metrics::Resolution resolution = counters.resolve(set);
    const auto once = [&] {
        load.launch();
        m_runner.wait();
    };
    Counted counted;
    // Prepared by a launch of its own: what it leaves dirty in the L2 is what the counted one leaves.
    const cupti::RangeWork work{load.kernel, once, once};
    counted.reading = counters.read(resolution.metrics, work);
    counted.evaluation = metrics::evaluate(set, resolution, counted.reading.values);
    if (path.starts_with("tensor")) {
        counted.reading.passes +=
            requireNoSilentZero(counters, work, counted.evaluation, resolution, counted.reading);
    }
    return counted;
}

metrics::Quantity CeilingBench::countIfPermitted(const workloads::Load& load, std::string_view path) {
    try {
        return metrics::countedWork(count(load, path).evaluation, path);
    } catch (const cuda::CudaError&) {
        throw;
    } catch (const Error& error) {
        fmt::print(stderr, "ridge-worker: {}\n", error.what());
        return {std::nullopt, error.what()};
    }
}

}  // namespace ridge::worker
