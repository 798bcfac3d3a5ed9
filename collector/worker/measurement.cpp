// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/measurement.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>
#include <utility>

#include "collector/cuda/device.hpp"
#include "collector/cuda/error.hpp"
#include "collector/metrics/evaluate.hpp"
#include "collector/metrics/flags.hpp"
#include "collector/metrics/idle_traffic.hpp"
#include "collector/worker/idle_traffic.hpp"
#include "collector/worker/nvtx_range.hpp"
#include "collector/worker/point_counters.hpp"
#include "collector/worker/power_window.hpp"
#include "collector/worker/range_plan.hpp"
#include "collector/worker/stopping_rule.hpp"
#include "db/analysis/statistics.hpp"
#include "workloads/gemm/operand_kernels.hpp"

namespace ridge::worker {
namespace {

using std::chrono::steady_clock;

/// Energy takes about 0.4 s a point: whoever allows a point less wants its time alone.
constexpr double shortestEnergyBudgetS = 1;

double secondsSince(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

void note(const std::string& text) {
    if (!text.empty()) fmt::print(stderr, "ridge-worker: {}\n", text);
}

}  // namespace

workloads::Part partOf(const protocol::Work& work) {
    workloads::Part part;
    part.repeats = work.repeats;
    if (work.children.empty()) {
        part.problem = workloads::gemmProblem(work.point);
        return part;
    }
    for (const protocol::Work& child : work.children) part.parts.push_back(partOf(child));
    return part;
}

Measurement::Measurement(int device)
    : m_device(device),
      m_l2Bytes(cuda::l2Bytes(device)),
      m_timer(m_runner, m_l2Bytes),
      m_watch(nvml::library(), cuda::describeDevice(device).uuid, cuda::pciBusId(device)) {}

db::Record Measurement::measure(const protocol::Work& work, const protocol::Options& options) {
    const NvtxRange nvtx(rangeName(work.point));
    workloads::ExecutionOrder order = workloads::executionOrder(partOf(work));
    db::Record record;
    record.point = work.point;
    record.point.provenance = db::Provenance::measured;
    record.point.cache = options.cache;
    const std::size_t rotation = rotationBytes(options.cache, m_l2Bytes);
    const auto copies = workloads::operandCopies(order, rotation, cuda::usableBytes());
    if (!copies) {
        record.point.status = db::Status::skipped;
        record.point.statusReason = shortOfMemory(workloads::operandBytes(order, 1, 1), cuda::usableBytes());
        return record;
    }
    if (options.metricSet != "none") static_cast<void>(counters());  // not permitted: say so before any work
    addInvariance(record.point, order);
    const KnownZeros::Problems problems = order.leaves;
    workloads::Sequence sequence(m_runner, std::move(order), *copies);
    record.point.kernels = sequence.knownKernels();
    const Range range = planRange(sequence, options.cache);
    record.point.launchesPerRange = range.launches;
    if (isRotationShort(options.cache, copies->bytes, rotation, range.launches))
        metrics::addFlags(record.point.flags, metrics::shortRotationFlag);
    time(record, range, options.repetition);
    if (options.repetition.maxTimeS >= shortestEnergyBudgetS) addEnergy(record.point, range);
    m_watch.addUsers(record.metrics);
    if (options.metricSet != "none") count(record, range, options.metricSet, problems);
    record.point.flags = metrics::flagsOf(record);
    return record;
}

cupti::RangeProfilerBackend& Measurement::counters() {
    if (!m_counters) m_counters = cupti::makeRangeProfilerBackend(m_device);
    return *m_counters;
}

Measurement::Range Measurement::planRange(workloads::Sequence& sequence, const std::string& cache) {
    Range range;
    range.prepare = [this, &sequence, cache] {
        if (cache == "cold") m_timer.flush();
        if (cache == "warm") sequence.launch();
    };
    sequence.launch();  // the first launch loads code and, for cuBLAS, the library
    m_runner.wait();
    const auto start = steady_clock::now();
    sequence.launch();
    const double queueingNs = 1e9 * secondsSince(start);
    m_runner.wait();

    // One launch alone seems longer than it is, by what the events cost: look again with as many as that
    // suggests.
    for (std::int64_t launches = 1; launches > range.launches || !range.launch;) {
        range.launches = launches;
        range.leadNs = leadNs(queueingNs * static_cast<double>(launches));
        range.launch = [&sequence, launches] {
            for (std::int64_t i = 0; i < launches; ++i) sequence.launch();
        };
        launches = launchesPerRange(pilotNs(range));
    }
    return range;
}

double Measurement::pilotNs(const Range& range) {
    std::array<double, 3> pilots{};
    for (double& pilot : pilots) {
        range.prepare();
        pilot = m_timer.timeNs(range.launch, range.leadNs) / static_cast<double>(range.launches);
    }
    return *analysis::median(pilots);
}

void Measurement::time(db::Record& record, const Range& range, const plan::Repetition& repetition) {
    StoppingRule rule(repetition);
    const auto start = steady_clock::now();
    do {
        db::Sample& sample = record.samples.emplace_back();
        range.prepare();
        sample.timeNs = m_timer.timeNs(range.launch, range.leadNs) / static_cast<double>(range.launches);
        m_watch.addTelemetry(sample);
    } while (!rule.add(record.samples.back().timeNs, secondsSince(start)));

    db::Point& point = record.point;
    point.timeNs = analysis::median(rule.samples());
    if (const auto interval = analysis::medianInterval95(rule.samples())) {
        point.timeLowNs = interval->low;
        point.timeHighNs = interval->high;
    }
    point.samples = static_cast<std::int64_t>(rule.samples().size());
    point.timeMethod = "cuda events, " + rule.outcome();
}

void Measurement::addEnergy(db::Point& point, const Range& range) {
    constexpr double longestS = 0.6;
    constexpr double longestWorkNs = 1e9;  // two of them wait in the queue
    constexpr double batchNs = 10e6;
    const double rangeNs = point.timeNs.value_or(0) * static_cast<double>(range.launches);
    if (rangeNs <= 0 || rangeNs > longestWorkNs || !m_watch.energyJ()) return;
    const auto batch = static_cast<std::int64_t>(std::ceil(batchNs / rangeNs));
    const std::array<cuda::Event, 2> ends{cuda::makeEvent(), cuda::makeEvent()};
    std::int64_t batches = 0;
    const auto queue = [&] {
        for (std::int64_t i = 0; i < batch; ++i) range.launch();
        cuda::check(cudaEventRecord(ends[static_cast<std::size_t>(batches++ % 2)].get(), m_runner.stream()));
    };
    PowerWindow window;
    const auto start = steady_clock::now();
    queue();
    for (bool enough = false; !enough;) {
        queue();  // behind the one that runs, so that the GPU never waits for the host
        const cudaEvent_t running = ends[static_cast<std::size_t>(batches % 2)].get();
        cudaError_t status = cudaErrorNotReady;
        while ((status = cudaEventQuery(running)) == cudaErrorNotReady) {
            if (const auto energy = m_watch.energyJ())
                enough = window.add(secondsSince(start), *energy) || enough;
            std::this_thread::sleep_for(std::chrono::microseconds(500));
        }
        cuda::check(status);
        enough = enough || secondsSince(start) > longestS;
    }
    m_runner.wait();
    const double executions = static_cast<double>(batches * batch * range.launches);
    if (const auto power = window.powerW())
        point.energyJ = energyOfOne(*power, *point.timeNs, executions, secondsSince(start));
}

std::optional<double> Measurement::idleDram() {
    if (m_idleDram) return *m_idleDram;
    m_idleDram.emplace();
    constexpr std::uint64_t idleNs = 10'000'000;
    const cupti::RangeWork idling{"ridge/idle", [this] { m_runner.wait(); },
                                  [this] {
                                      cuda::check(workloads::occupy(idleNs, m_runner.stream()));
                                      m_runner.wait();
                                  }};
    try {
        const metrics::MetricSet set = metrics::loadSet("bytes");
        m_idleDram = idleDramBytesPerSecond(counters(), set, counters().resolve(set), idling);
    } catch (const cuda::CudaError&) {
        throw;  // the context may be lost with it
    } catch (const Error& error) {
        note(fmt::format("idle DRAM traffic not measured: {}", error.what()));
    }
    return *m_idleDram;
}

void Measurement::count(db::Record& record, const Range& range, const std::string& metricSet,
                        const KnownZeros::Problems& problems) {
    const metrics::MetricSet set = metrics::loadSet(metricSet);
    const metrics::Resolution resolution = counters().resolve(set);
    const std::string name = rangeName(record.point);
    cupti::RangeProfilerBackend& backend = counters();
    const metrics::ReplayPlan plan = metrics::planReplays(
        resolution, m_zeros.of(problems), [&](const metrics::Names& names) { return backend.passes(names); });
    const cupti::RangeWork work{name,
                                [&] {
                                    range.prepare();
                                    m_runner.wait();
                                },
                                [&] {
                                    range.launch();
                                    m_runner.wait();
                                }};
    const PointCounters counted =
        readPoint(backend, set, resolution, plan, work, range.launches, record.point.flopsAlgorithmic);
    if (!plan.omitted.empty() && counted.reading.knownZero.empty())
        m_zeros.forget(problems);  // it was contradicted
    m_zeros.learn(problems, counted.reading.values);
    addCounters(record, counted.evaluation, counted.reading, range.launches);
    metrics::addIdleTraffic(record, idleDram());
    note(absences(counted.evaluation));
}

void Measurement::addInvariance(db::Point& point, const workloads::ExecutionOrder& order) {
    if (point.op != "gemm" || order.leaves.size() != 1) return;
    const workloads::GemmProblem& problem = order.leaves.front();
    const ShapeKey key{problem.implementation, problem.type, problem.layout, problem.columns.front(),
                       problem.k};
    auto found = m_invariance.find(key);
    if (found == m_invariance.end()) {
        if (workloads::invarianceBytes(problem) > cuda::usableBytes()) {
            note("invariance not tested: " +
                 shortOfMemory(workloads::invarianceBytes(problem), cuda::usableBytes()));
            return;
        }
        found = m_invariance.emplace(key, workloads::testInvariance(m_runner, problem)).first;
    }
    point.invariant = found->second.invariant;
    point.deterministic = found->second.deterministic;
}

}  // namespace ridge::worker
