// SPDX-License-Identifier: Apache-2.0
// One enabled range profiler: configured, run pass by pass, decoded; disabled when the scope ends.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "collector/cupti/enabled_profiler.hpp"

namespace ridge::cupti {

class RangeSession {
 public:
    /// `context` must be current on this thread, and stay so until the session ends. Throws CuptiError.
    RangeSession(const Api& api, CUcontext context) : m_profiler(api, context) {}

    /// An initialized counter data image for one range of these metrics.
    [[nodiscard]] std::vector<std::uint8_t> makeCounterData(const std::vector<std::string>& metrics) const {
        return m_profiler.makeCounterData(metrics);
    }

    /// User range, user replay, one range, no nesting. CUPTI keeps both pointers: they must outlive the
    /// session.
    void configure(std::span<const std::uint8_t> configImage, std::span<std::uint8_t> counterData) const;

    /// Runs `work` as the range `name` of one pass; true when that was the last pass. When `work` throws, the
    /// range is popped and the pass stopped before the exception leaves.
    [[nodiscard]] bool runPass(const std::string& name, const std::function<void()>& work) const;

    /// Decodes what the passes collected into the counter data image. Throws ridge::Error (failed) when the
    /// image does not hold exactly the one range.
    void decode(std::span<const std::uint8_t> counterData) const;

 private:
    EnabledProfiler m_profiler;
};

}  // namespace ridge::cupti
