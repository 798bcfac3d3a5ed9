// SPDX-License-Identifier: Apache-2.0
// How long the work of a range kept each GPU: kernels, copies and sets.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "collector/inject/activity_log.hpp"

namespace ridge::inject {

/// The records that add() knows: what the bytes of a range are of, its time is of, too.
[[nodiscard]] std::vector<CUpti_ActivityKind> workKinds();

/// Any thread may call.
class WorkSpans {
 public:
    /// Outside begin() and end() it is forgotten. A copy between two GPUs is work of both.
    void add(const CUpti_Activity& record);
    void begin();
    /// From the first start to the last end of the device's work since begin(), ns; nullopt where there was
    /// none, or where one has no time.
    [[nodiscard]] std::optional<double> end(int device);

 private:
    struct Span {
        std::uint64_t firstNs = 0, lastNs = 0;
        bool isKnown = true;
    };
    void extend(std::uint32_t device, std::uint64_t startNs, std::uint64_t endNs);

    std::mutex m_mutex;
    bool m_isOpen = false;
    std::map<int, Span> m_spans;
};

}  // namespace ridge::inject
