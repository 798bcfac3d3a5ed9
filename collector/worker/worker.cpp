// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/worker.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <exception>

#include "collector/cuda/device.hpp"
#include "collector/cuda/error.hpp"
#include "collector/cupti/planner.hpp"
#include "db/model/error.hpp"

namespace ridge::worker {
namespace {

/// A finding from what `look` returns, or from the error it ends with.
template <class Look>
protocol::Finding finding(const std::string& name, Look look) {
    try {
        return {name, true, look(), {}};
    } catch (const Error& error) {
        return {name, false, error.what(), error.hint()};
    }
}

}  // namespace

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
    if (request.kind == "preflight") return protocol::encodeFindings(preflight());
    if (request.kind == "describe") return protocol::encodeDescribe(describe());
    // decodeRequest lets nothing else through, and measure only with its work.
    return protocol::encodeRecord(measurement().measure(request.work.value(), request.options));
}

protocol::DescribeReply Worker::describe() {
    Measurement& device = measurement();
    protocol::DescribeReply reply;
    reply.device = cuda::describeDevice(m_device);
    reply.driver = cuda::driverVersion();
    reply.cuda = cuda::runtimeVersion();
    try {
        reply.cupti = cupti::library().versionText();
        reply.device.chip = device.counters().chip();
    } catch (const Error& error) {
        // Time can be measured without counters; a request that needs them fails with this very reason.
        fmt::print(stderr, "ridge-worker: {}\n", error.what());
    }
    return reply;
}

std::vector<protocol::Finding> Worker::preflight() {
    std::vector<protocol::Finding> findings;
    findings.push_back(finding("driver", [] {
        std::string version = cuda::driverVersion();
        if (version.empty()) cuda::check(cudaErrorInsufficientDriver);
        return version;
    }));
    findings.push_back(finding("device", [this] {
        static_cast<void>(measurement());
        return cuda::describeDevice(m_device).name;
    }));
    findings.push_back(finding("cupti", [] {
        return fmt::format("{} at {}", cupti::library().versionText(), cupti::library().path);
    }));
    findings.push_back(finding("counters", [this] {
        const auto reading = measurement().probe("gpu__time_duration.sum");
        if (!reading.refused.empty() || reading.values.empty()) {
            throw Error(ExitCode::failed, "the device delivered no value for gpu__time_duration.sum",
                        "close other profilers and look for MIG instances that share the counters");
        }
        return fmt::format("readable on {}", measurement().counters().chip());
    }));
    return findings;
}

Measurement& Worker::measurement() {
    if (!m_measurement) {
        cuda::useDevice(m_device);
        m_measurement.emplace(m_device);
    }
    return *m_measurement;
}

}  // namespace ridge::worker
