// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/timers.hpp"

#include <fmt/core.h>

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
    m_report(seenDevice(m_driver, device, {}));
}

void DeviceTeller::tellOf(CUcontext context) noexcept {
    try {
        std::uint32_t device = 0;
        if (m_api.getDeviceId(context, &device) == CUPTI_SUCCESS) tell(static_cast<int>(device));
    } catch (const std::exception&) {  // out of memory: told with its first time, or not at all
        return;
    }
}

KernelTimer::KernelTimer(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
                         Report report)
    : m_driver(driver),
      m_report(report),
      m_devices(api, driver, std::move(report)),
      m_startsNow(options.start == Start::now),
      m_selection(options),
      m_times(m_selection, mostChoosable(options)),
      m_log(api, {CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL},
            [this](const CUpti_Activity& record) { m_times.add(record); }) {
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
    try {
        m_log.flush(true);
        m_times.tell(m_log.toMonotonicNs(), [this](const Timing& timing) {
            m_devices.tell(timing.device);
            m_report(timing);
        });
    } catch (const std::exception& error) {
        m_report(refusalFor(error));
    }
    return m_times.counts();
}

RangeTimer::RangeTimer(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
                       const ProgramState& program, Report report)
    : m_driver(driver),
      m_program(program),
      m_report(report),
      m_devices(api, driver, std::move(report)),
      m_selection(options),
      m_log(api, workKinds(), [this](const CUpti_Activity& record) { m_work.add(record); }) {
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
    m_log.flush(true);  // all that was before, also what is held back for the sake of another GPU
    m_work.begin();
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
        // Not only what is complete: a buffer in which another GPU's work is not would be held back, and the
        // range be timed by the others.
        m_log.flush(true);
        const auto time = m_work.end(m_device);
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
