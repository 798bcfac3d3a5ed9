// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/recorder.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <memory>
#include <string>

#include "collector/cuda/device.hpp"
#include "collector/cuda/error.hpp"
#include "collector/cupti/api.hpp"
#include "collector/cupti/range_profiler.hpp"
#include "collector/metrics/counted_work.hpp"
#include "collector/worker/fixture_check.hpp"
#include "workloads/ceilings/load.hpp"
#include "workloads/shape/ceiling.hpp"
#include "workloads/shape/self_check.hpp"

namespace ridge::worker {
namespace {

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
        const workloads::Load load = workloads::closedFormLoad(
            form.name,
            {m_runner, static_cast<std::size_t>(m_device.l2Bytes.value_or(0)), cuda::usableBytes()});
        const shape::Verdict verdict = record(form, load);
        fmt::print(verdict.ok ? stdout : stderr, "{}: {}\n", form.name, verdict.text);
        return verdict.ok;
    }

 private:
    shape::Verdict record(const shape::ClosedForm& form, const workloads::Load& load) {
        const auto once = [&] {
            load.launch();
            m_runner.wait();
        };
        const std::string name(form.name);
        const metrics::MetricSet set = metrics::loadSet(metrics::metricSetFor(form.path));
        const metrics::Resolution resolution = m_counters->resolve(set);
        cupti::Fixture fixture = m_counters->record(resolution.metrics, {name, once, once});
        fixture.work = name;
        fixture.cupti = cupti::library().versionText();
        fixture.driver = cuda::driverVersion();
        fixture.device = m_device.name;
        fixture.metricSet = set.name;
        fixture.expected = load.work;
        const std::filesystem::path folder = m_folder / fixture.chip / name;
        cupti::writeFixture(fixture, folder);
        fmt::print("{}: {} metrics in {} passes\n", folder.string(), fixture.metrics.size(), fixture.passes);
        return judgeFixture(fixture, resolution, fixture.values);
    }

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
