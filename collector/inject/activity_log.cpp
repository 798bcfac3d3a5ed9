// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/activity_log.hpp"

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

}  // namespace

ActivityLog::ActivityLog(const cupti::Api& api, std::vector<CUpti_ActivityKind> kinds, OnRecord onRecord)
    : m_api(api), m_kinds(std::move(kinds)), m_onRecord(std::move(onRecord)) {
    log = this;
    const CUptiResult result = m_api.activityRegisterCallbacks(&requested, &completed);
    if (result != CUPTI_SUCCESS) log = nullptr;
    cupti::check(result);
}

ActivityLog::~ActivityLog() {
    log = nullptr;
}

void ActivityLog::enable() {
    for (const CUpti_ActivityKind kind : m_kinds) cupti::check(m_api.activityEnable(kind));
}

void ActivityLog::disable() {
    for (const CUpti_ActivityKind kind : m_kinds) cupti::check(m_api.activityDisable(kind));
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
    const std::lock_guard lock(m_mutex);
    CUpti_Activity* record = nullptr;
    while (bytes > 0 && m_api.activityGetNextRecord(buffer, bytes, &record) == CUPTI_SUCCESS)
        m_onRecord(*record);
}

}  // namespace ridge::inject
