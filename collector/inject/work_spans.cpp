// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/work_spans.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ridge::inject {

std::vector<CUpti_ActivityKind> workKinds() {
    return {CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, CUPTI_ACTIVITY_KIND_MEMCPY, CUPTI_ACTIVITY_KIND_MEMCPY2,
            CUPTI_ACTIVITY_KIND_MEMSET};
}

void WorkSpans::add(const CUpti_Activity& record) {
    const std::lock_guard lock(m_mutex);
    if (!m_isOpen) return;
    if (record.kind == CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL) {
        const auto& kernel = reinterpret_cast<const ActivityKernel&>(record);
        extend(kernel.deviceId, kernel.start, kernel.end);
    } else if (record.kind == CUPTI_ACTIVITY_KIND_MEMCPY) {
        const auto& copy = reinterpret_cast<const ActivityCopy&>(record);
        extend(copy.deviceId, copy.start, copy.end);
    } else if (record.kind == CUPTI_ACTIVITY_KIND_MEMCPY2) {
        const auto& copy = reinterpret_cast<const ActivityPeerCopy&>(record);
        for (const std::uint32_t device : std::set{copy.deviceId, copy.srcDeviceId, copy.dstDeviceId})
            extend(device, copy.start, copy.end);
    } else if (record.kind == CUPTI_ACTIVITY_KIND_MEMSET) {
        const auto& set = reinterpret_cast<const ActivitySet&>(record);
        extend(set.deviceId, set.start, set.end);
    }
}

void WorkSpans::extend(std::uint32_t device, std::uint64_t startNs, std::uint64_t endNs) {
    const auto [known, isNew] = m_spans.try_emplace(static_cast<int>(device), Span{startNs, endNs});
    Span& span = known->second;
    if (startNs == 0 || endNs < startNs) span.isKnown = false;
    span.firstNs = std::min(span.firstNs, startNs);
    span.lastNs = std::max(span.lastNs, endNs);
}

void WorkSpans::begin() {
    const std::lock_guard lock(m_mutex);
    m_spans.clear();
    m_isOpen = true;
}

std::optional<double> WorkSpans::end(int device) {
    const std::lock_guard lock(m_mutex);
    m_isOpen = false;
    const std::map<int, Span> spans = std::exchange(m_spans, {});
    const auto found = spans.find(device);
    if (found == spans.end() || !found->second.isKnown) return std::nullopt;
    return static_cast<double>(found->second.lastNs - found->second.firstNs);
}

}  // namespace ridge::inject
