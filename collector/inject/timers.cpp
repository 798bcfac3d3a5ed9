// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/timers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "collector/cupti/leases.hpp"
#include "collector/inject/device_counters.hpp"
#include "collector/inject/refusal.hpp"

namespace ridge::inject {

void DeviceTeller::tell(int device) {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_told.insert(device).second) return;
    }
    m_report(SeenDevice{device, describeDevice(m_driver, device, {})});
}

void DeviceTeller::tellOf(CUcontext context) noexcept {
    try {
        std::uint32_t device = 0;
        if (m_api.getDeviceId(context, &device) == CUPTI_SUCCESS) tell(static_cast<int>(device));
    } catch (const std::exception&) {  // out of memory: told with its first time, or not at all
        return;
    }
}

std::vector<Timing> timingsOf(std::vector<KernelActivity> kernels, const KernelSelection& selection,
                              std::optional<std::int64_t> toMonotonicNs) {
    std::stable_sort(kernels.begin(), kernels.end(), [](const KernelActivity& a, const KernelActivity& b) {
        return a.correlation < b.correlation;
    });
    std::map<const std::string*, bool> matches;
    std::map<std::pair<int, const std::string*>, std::int64_t> ordinals;
    std::vector<Timing> timings;
    for (const KernelActivity& kernel : kernels) {
        if (kernel.ofGraph) continue;
        const std::int64_t ordinal = ordinals[{kernel.device, kernel.name}]++;
        const auto [known, isNew] = matches.try_emplace(kernel.name, false);
        if (isNew) known->second = selection.describe(*kernel.name).matches;
        if (!known->second || kernel.startNs == 0 || kernel.endNs < kernel.startNs) continue;
        timings.push_back(
            {kernel.device,
             {*kernel.name, ordinal, dimensions(kernel.shape.grid), dimensions(kernel.shape.block)},
             static_cast<double>(kernel.endNs - kernel.startNs)});
        if (toMonotonicNs) {
            timings.back().during = Interval{static_cast<std::int64_t>(kernel.startNs) + *toMonotonicNs,
                                             static_cast<std::int64_t>(kernel.endNs) + *toMonotonicNs};
        }
    }
    return timings;
}

std::optional<double> spanOf(std::span<const KernelActivity> kernels) {
    if (kernels.empty()) return std::nullopt;
    std::uint64_t first = kernels.front().startNs;
    std::uint64_t last = kernels.front().endNs;
    for (const KernelActivity& kernel : kernels) {
        if (kernel.startNs == 0 || kernel.endNs < kernel.startNs) return std::nullopt;
        first = std::min(first, kernel.startNs);
        last = std::max(last, kernel.endNs);
    }
    return static_cast<double>(last - first);
}

KernelTimer::KernelTimer(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
                         Report report)
    : m_driver(driver),
      m_report(report),
      m_devices(api, driver, std::move(report)),
      m_startsNow(options.start == Start::now),
      m_selection(options),
      m_log(api) {
    if (m_startsNow) m_log.enable();
}

void KernelTimer::profilerStart() noexcept {
    try {
        if (m_startsNow) return;
        m_log.enable();
        m_hasTimed = true;
    } catch (const std::exception& error) {
        if (m_hasTimed)  // no refusal: what it has is told at the end
            m_report(Note{
                fmt::format("launches after a later cudaProfilerStart are not timed: {}", error.what())});
        else
            m_report(refusalFor(error));
    }
}

void KernelTimer::profilerStop() noexcept {
    try {
        if (m_startsNow) return;
        static_cast<void>(m_driver.ctxSynchronize());  // what runs still is of the part to be timed
        m_log.flush(false);
        m_log.disable();
    } catch (
        const std::exception& error) {  // no refusal, which could end the program before it tells its times
        m_report(Note{fmt::format("launches after cudaProfilerStop are timed, too: {}", error.what())});
    }
}

Counts KernelTimer::finish() noexcept {
    Counts counts;
    try {
        m_log.flush(true);
        std::vector<KernelActivity> kernels = m_log.take();
        counts.launches = static_cast<std::int64_t>(kernels.size());
        const std::vector<Timing> timings = timingsOf(std::move(kernels), m_selection, m_log.toMonotonicNs());
        counts.matched = static_cast<std::int64_t>(timings.size());
        for (const Timing& timing : timings) {
            m_devices.tell(timing.device);
            m_report(timing);
        }
    } catch (const std::exception& error) {
        m_report(refusalFor(error));
    }
    return counts;
}

RangeTimer::RangeTimer(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
                       const ProgramState& program, Report report)
    : m_driver(driver),
      m_program(program),
      m_report(report),
      m_devices(api, driver, std::move(report)),
      m_selection(options),
      m_log(api) {
    m_log.enable();
}

void RangeTimer::pushed(std::span<const NvtxRange> stack) {
    if (m_selection.pushed(stack)) open(stack.back());
}

void RangeTimer::started(const NvtxRange& range, std::span<const NvtxRange> open) {
    if (m_selection.started(range, open)) this->open(range);
}

void RangeTimer::open(const NvtxRange& range) {
    const std::lock_guard lock(m_mutex);
    CUdevice device = 0;
    if (m_driver.ctxGetCurrent(&m_context) != CUDA_SUCCESS || m_context == nullptr ||
        m_program.captures.any() || m_driver.ctxGetDevice(&device) != CUDA_SUCCESS ||
        m_driver.ctxSynchronize() != CUDA_SUCCESS) {
        return;
    }
    m_log.flush(false);
    static_cast<void>(m_log.take());
    m_device = device;
    m_timed = LaunchKey{range.name, m_seen[{m_device, range.name}]++, {}, {}};
    m_beganNs = monotonicNs();
}

void RangeTimer::closing(const NvtxRange& range) {
    if (!m_selection.closed(range.key)) return;
    const std::lock_guard lock(m_mutex);
    const auto timed = std::exchange(m_timed, std::nullopt);
    if (!timed || m_program.captures.any()) return;
    try {
        const cupti::CurrentContext current(m_driver, m_context);
        if (m_driver.ctxSynchronize() != CUDA_SUCCESS) return;
        const Interval during{m_beganNs, monotonicNs()};
        m_log.flush(false);
        std::vector<KernelActivity> kernels = m_log.take();
        std::erase_if(kernels, [this](const KernelActivity& kernel) { return kernel.device != m_device; });
        const auto time = spanOf(kernels);
        if (!time) return;
        m_devices.tell(m_device);
        m_report(Timing{m_device, *timed, *time, during});
    } catch (const std::exception& error) {
        m_report(
            Note{fmt::format("an occurrence of range '{}' was not timed: {}", timed->name, error.what())});
    }
}

void RangeTimer::contextDestroyed(CUcontext context) noexcept {
    const std::lock_guard lock(m_mutex);
    if (context == m_context) m_timed.reset();
}

}  // namespace ridge::inject
