// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/recorder.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "collector/cuda/device.hpp"
#include "collector/cuda/error.hpp"
#include "collector/cupti/api.hpp"
#include "collector/cupti/range_profiler.hpp"
#include "collector/metrics/evaluate.hpp"
#include "collector/worker/ceiling_result.hpp"
#include "workloads/ceilings/load.hpp"
#include "workloads/shape/ceiling.hpp"
#include "workloads/shape/self_check.hpp"

namespace ridge::worker {
namespace {

/// Left for cuBLAS, CUPTI's buffers and the driver's own needs.
constexpr std::size_t reservedBytes = std::size_t{1} << 30;

class Recorder {
 public:
    Recorder(int ordinal, std::filesystem::path folder)
        : m_counters(cupti::makeRangeProfilerBackend(ordinal)),
          m_device(cuda::describeDevice(ordinal)),
          m_folder(std::move(folder)) {}

    /// Whether the counters agree with arithmetic, or nothing on this device counts what the form is about.
    bool record(const shape::ClosedForm& form) {
        if (form.path != "flops") {
            if (const auto refusal = shape::ceilingRefusal(form.path, m_device.computeCapability)) {
                fmt::print("{}: not on this device: {}\n", form.name, *refusal);
                return true;
            }
        }
        const std::size_t free = cuda::freeMemoryBytes();
        const workloads::Load load = workloads::closedFormLoad(
            form.name, {m_runner, static_cast<std::size_t>(m_device.l2Bytes.value_or(0)),
                        free > reservedBytes ? free - reservedBytes : 0});
        const metrics::MetricSet set = metrics::loadSet(metricSetFor(form.path));
        const metrics::Evaluation evaluation = record(std::string(form.name), set, load.launch);
        const metrics::Quantity counted = countedWork(evaluation, form.path);
        const shape::Verdict verdict = shape::judge(form, load.work, counted.value, counted.reason);
        fmt::print(verdict.ok ? stdout : stderr, "{}: {}\n", form.name, verdict.text);
        return verdict.ok;
    }

    /// `work` queues what the range holds.
    metrics::Evaluation record(const std::string& name, const metrics::MetricSet& set,
                               const std::function<void()>& work) {
        const auto once = [&] {
            work();
            m_runner.wait();
        };
        const metrics::Resolution resolution = m_counters->resolve(set);
        cupti::Fixture fixture = m_counters->record(resolution.metrics, {name, once, once});
        fixture.work = name;
        fixture.cupti = cupti::library().versionText();
        fixture.driver = cuda::driverVersion();
        fixture.device = m_device.name;
        const std::filesystem::path folder = m_folder / fixture.chip / name;
        cupti::writeFixture(fixture, folder);
        fmt::print("{}: {} metrics in {} passes\n", folder.string(), fixture.metrics.size(), fixture.passes);
        std::map<std::string, double> values;
        for (std::size_t i = 0; i < fixture.metrics.size(); ++i)
            values[fixture.metrics[i]] = fixture.values[i];
        return metrics::evaluate(set, resolution, values);
    }

 private:
    std::unique_ptr<cupti::RangeProfilerBackend> m_counters;
    db::Device m_device;
    std::filesystem::path m_folder;
    workloads::GemmRunner m_runner;
};

}  // namespace

int recordFixtures(int ordinal, const std::filesystem::path& folder) {
    cuda::useDevice(ordinal);
    Recorder recorder(ordinal, folder);
    int failures = 0;
    for (const shape::ClosedForm& form : shape::recordedForms()) {
        try {
            if (!recorder.record(form)) ++failures;
        } catch (const cuda::CudaError& error) {
            if (cuda::isSticky(error.status())) throw;
            fmt::print(stderr, "ridge-worker: {}: {}\n", form.name, error.what());
            ++failures;
        } catch (const Error& error) {
            fmt::print(stderr, "ridge-worker: {}: {}\n", form.name, error.what());
            ++failures;
        }
    }
    return failures;
}

}  // namespace ridge::worker
