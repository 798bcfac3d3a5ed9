// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/worker.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <exception>

#include "collector/cuda/device.hpp"
#include "collector/cuda/error.hpp"
#include "collector/cupti/device_queries.hpp"
#include "collector/cupti/planner.hpp"
#include "collector/doctor/preflight.hpp"
#include "db/model/error.hpp"

namespace ridge::worker {

std::string Worker::answer(const std::string& line) {
    try {
        return dispatch(protocol::decodeRequest(line));
    } catch (const cuda::CudaError& error) {
        m_lost = m_lost || cuda::isSticky(error.status());
        return protocol::encodeError(error);
    } catch (const Error& error) {
        // cuBLAS and CUPTI report a lost context in words of their own; CUDA says whether it is one.
        m_lost = m_lost || (m_measurement && cuda::isSticky(cudaDeviceSynchronize()));
        return protocol::encodeError(error);
    } catch (const std::exception& error) {
        return protocol::encodeError(Error(ExitCode::failed, error.what(), "run 'ridge doctor'"));
    }
}

std::string Worker::dispatch(const protocol::Request& request) {
    if (request.kind == "metrics") {
        return protocol::encodeMetricPlans(request.chip.empty()
                                               ? cupti::planMetricsOfAllChips(request.set)
                                               : std::vector{cupti::planMetrics(request.chip, request.set)});
    }
    if (request.kind == "preflight")
        return protocol::encodePreflight(preflight(request.gpu.value_or(m_device), request.uuid));
    if (request.kind == "describe") return protocol::encodeDescribe(describe());
    if (request.kind == "ceiling") return protocol::encodeCeiling(ceilings().measure(request.name));
    if (request.kind == "selftest") return protocol::encodeRecord(ceilings().check(request.name));
    if (request.kind == "lock_clocks" || request.kind == "unlock_clocks")
        return protocol::encodeClock(setClock(request));
    // decodeRequest lets nothing else through, and measure only with its work.
    return protocol::encodeRecord(measurement().measure(request.work.value(), request.options));
}

protocol::DescribeReply Worker::describe() {
    Measurement& device = measurement();
    protocol::DescribeReply reply;
    reply.device = cuda::describeDevice(m_device);
    reply.pciBusId = cuda::pciBusId(m_device);
    reply.driver = cuda::driverVersion();
    reply.cuda = cuda::runtimeVersion();
    try {
        reply.cupti = cupti::library().versionText();
        reply.device.chip = device.counters().chip();
    } catch (const Error& error) {
        // Time can be measured without counters; a request that needs them fails with this very reason.
        fmt::print(stderr, "ridge-worker: {}\n", error.what());
        if (!reply.cupti.empty())
            reply.device.chip = cupti::chipAlone(cupti::library().api, cupti::driver(), m_device);
    }
    return reply;
}

/// Hz, or 0 when the clock is free again.
double Worker::setClock(const protocol::Request& request) {
    if (!m_clocks) m_clocks.emplace(nvml::library(), request.clock.uuid, request.clock.pciBusId);
    if (request.kind == "lock_clocks") return m_clocks->lock(request.clock);
    m_clocks->unlock();
    return 0;
}

protocol::Preflight Worker::preflight(int gpu, const std::string& uuid) {
    // It opens and closes CUPTI's profiler; a session of ours that goes on meanwhile would lose it.
    if (m_measurement) m_measurement->releaseCounters();
    return doctor::preflight(gpu, uuid);
}

Measurement& Worker::measurement() {
    if (!m_measurement) {
        cuda::useDevice(m_device);
        m_measurement.emplace(m_device);
    }
    return *m_measurement;
}

CeilingBench& Worker::ceilings() {
    if (!m_ceilings) {
        Measurement& device = measurement();
        m_ceilings.emplace(
            m_device, [&device]() -> cupti::RangeProfilerBackend& { return device.counters(); },
            device.watch());
    }
    return *m_ceilings;
}

}  // namespace ridge::worker
