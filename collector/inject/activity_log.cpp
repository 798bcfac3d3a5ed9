// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/activity_log.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <utility>

#include "collector/cupti/error.hpp"
#include "collector/inject/interval.hpp"

namespace ridge::inject {
namespace {

constexpr std::size_t bufferBytes = std::size_t{1} << 20;
std::atomic<ActivityLog*> log{nullptr};

void requested(std::uint8_t** buffer, std::size_t* size, std::size_t* maxRecords) {
    // malloc's alignment is more than the 8 bytes that CUPTI asks for; without a buffer it drops records.
    *buffer = static_cast<std::uint8_t*>(std::malloc(bufferBytes));
    *size = *buffer == nullptr ? 0 : bufferBytes;
    *maxRecords = 0;
}

void completed(CUcontext, std::uint32_t, std::uint8_t* buffer, std::size_t, std::size_t valid) {
    try {
        if (ActivityLog* told = log.load()) told->add(buffer, valid);
    } catch (const std::exception&) {  // out of memory: those times are missing, which the rows say
        std::free(buffer);
        return;
    }
    std::free(buffer);
}

unsigned extent(std::int32_t value) {
    return static_cast<unsigned>(value);
}

}  // namespace

std::vector<ActivityKernel> kernelsIn(const cupti::Api& api, std::uint8_t* buffer, std::size_t bytes) {
    std::vector<ActivityKernel> kernels;
    CUpti_Activity* record = nullptr;
    while (bytes > 0 && api.activityGetNextRecord(buffer, bytes, &record) == CUPTI_SUCCESS) {
        if (record->kind == CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL)
            kernels.push_back(*reinterpret_cast<const ActivityKernel*>(record));
    }
    return kernels;
}

ActivityLog::ActivityLog(const cupti::Api& api) : m_api(api) {
    log = this;
    const CUptiResult result = m_api.activityRegisterCallbacks(&requested, &completed);
    if (result != CUPTI_SUCCESS) log = nullptr;
    cupti::check(result);
}

ActivityLog::~ActivityLog() {
    log = nullptr;
}

void ActivityLog::enable() {
    cupti::check(m_api.activityEnable(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL));
}

void ActivityLog::disable() {
    cupti::check(m_api.activityDisable(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL));
}

void ActivityLog::flush(bool all) noexcept {
    static_cast<void>(m_api.activityFlushAll(all ? CUPTI_ACTIVITY_FLAG_FLUSH_FORCED : 0));
}

std::optional<std::int64_t> ActivityLog::toMonotonicNs() const noexcept {
    std::uint64_t stamp = 0;
    if (m_api.getTimestamp(&stamp) != CUPTI_SUCCESS) return std::nullopt;
    return monotonicNs() - static_cast<std::int64_t>(stamp);
}

void ActivityLog::add(std::uint8_t* buffer, std::size_t bytes) {
    for (const ActivityKernel& record : kernelsIn(m_api, buffer, bytes)) {
        const std::string_view name = record.name == nullptr ? "" : record.name;
        const std::lock_guard lock(m_mutex);
        auto known = m_names.find(name);
        if (known == m_names.end()) known = m_names.emplace(name, name).first;
        m_kernels.push_back({static_cast<int>(record.deviceId),
                             &known->second,
                             {{extent(record.gridX), extent(record.gridY), extent(record.gridZ)},
                              {extent(record.blockX), extent(record.blockY), extent(record.blockZ)}},
                             record.correlationId,
                             record.graphNodeId != 0,
                             record.start,
                             record.end});
    }
}

std::vector<KernelActivity> ActivityLog::take() {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_kernels, {});
}

}  // namespace ridge::inject
