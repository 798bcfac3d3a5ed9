// SPDX-License-Identifier: Apache-2.0
// Device times of kernels as CUPTI's activity records tell them, without counters, replay or serialization.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"
#include "collector/inject/launch_record.hpp"

namespace ridge::inject {

/// CUPTI names its latest layout anew with each version; the records of a library have its own.
#if CUPTI_API_VERSION >= 130000
using ActivityKernel = CUpti_ActivityKernel10;
#else
using ActivityKernel = CUpti_ActivityKernel9;
#endif

struct KernelActivity {
    int device = 0;
    const std::string* name = nullptr;  ///< mangled; lives as long as the log
    LaunchShape shape;
    std::uint32_t correlation = 0;  ///< grows with the calls of the program
    bool ofGraph = false;
    std::uint64_t startNs = 0, endNs = 0;  ///< 0 where CUPTI could not take the time
};

/// The records of a buffer that CUPTI gave back.
[[nodiscard]] std::vector<ActivityKernel> kernelsIn(const cupti::Api& api, std::uint8_t* buffer,
                                                    std::size_t bytes);

/// One at a time in a process: CUPTI's buffer callbacks carry no argument. Any thread may call.
class ActivityLog {
 public:
    /// `api` must outlive this. Throws CuptiError.
    explicit ActivityLog(const cupti::Api& api);
    ActivityLog(const ActivityLog&) = delete;
    ActivityLog& operator=(const ActivityLog&) = delete;
    ~ActivityLog();

    /// Throw CuptiError.
    void enable();
    void disable();
    /// Asks CUPTI for what is complete; `all`: for the rest too, at the end.
    void flush(bool all) noexcept;
    /// What came since the last take(), in no order.
    [[nodiscard]] std::vector<KernelActivity> take();

    /// What makes a time of KernelActivity one of monotonicNs(); nullopt where CUPTI does not tell its time.
    [[nodiscard]] std::optional<std::int64_t> toMonotonicNs() const noexcept;

    void add(std::uint8_t* buffer, std::size_t bytes);

 private:
    const cupti::Api& m_api;
    std::mutex m_mutex;
    std::map<std::string, std::string, std::less<>> m_names;
    std::vector<KernelActivity> m_kernels;
};

}  // namespace ridge::inject
