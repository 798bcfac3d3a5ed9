// SPDX-License-Identifier: Apache-2.0
// Device times as CUPTI's activity records tell them, without counters, replay or serialization.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "collector/cupti/api.hpp"

namespace ridge::inject {

/// CUPTI names its latest layouts anew with each version; the records of a library have its own.
#if CUPTI_API_VERSION >= 130000
using ActivityKernel = CUpti_ActivityKernel10;
using ActivityCopy = CUpti_ActivityMemcpy6;
#else
using ActivityKernel = CUpti_ActivityKernel9;
using ActivityCopy = CUpti_ActivityMemcpy5;
#endif
using ActivityPeerCopy = CUpti_ActivityMemcpyPtoP4;
using ActivitySet = CUpti_ActivityMemset4;

/// One at a time in a process: CUPTI's buffer callbacks carry no argument. Any thread may call.
class ActivityLog {
 public:
    /// Gets each record, in no order; it and what it points to are CUPTI's, and gone afterwards. One call at
    /// a time, by a thread of CUPTI's or within flush().
    using OnRecord = std::function<void(const CUpti_Activity& record)>;

    /// Of the records of these `kinds`. `api` must outlive this. Throws CuptiError.
    ActivityLog(const cupti::Api& api, std::vector<CUpti_ActivityKind> kinds, OnRecord onRecord);
    ActivityLog(const ActivityLog&) = delete;
    ActivityLog& operator=(const ActivityLog&) = delete;
    ~ActivityLog();

    /// Throw CuptiError.
    void enable();
    void disable();
    /// Has CUPTI give back what it holds, but for buffers with a record that is not complete, of whichever
    /// device; `all`: those too, the times of such a record being 0.
    void flush(bool all) noexcept;

    /// What makes a time of a record one of monotonicNs(); nullopt where CUPTI does not tell its time.
    [[nodiscard]] std::optional<std::int64_t> toMonotonicNs() const noexcept;

    void add(std::uint8_t* buffer, std::size_t bytes);

 private:
    const cupti::Api& m_api;
    const std::vector<CUpti_ActivityKind> m_kinds;
    const OnRecord m_onRecord;
    std::mutex m_mutex;  ///< of m_onRecord
};

}  // namespace ridge::inject
