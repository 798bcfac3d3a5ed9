// SPDX-License-Identifier: Apache-2.0
// A range profiler enabled on a context, and CUPTI's calls on it; whoever has one decides their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"

namespace ridge::cupti {

/// At most one in a process: CUPTI enables one range profiler at a time. What throws, throws CuptiError.
class EnabledProfiler {
 public:
    struct Stopped {
        CUptiResult result = CUPTI_SUCCESS;
        bool allSubmitted = false;  ///< that was the last pass of the configuration
    };
    struct Ranges {
        std::size_t kept = 0, dropped = 0;
    };

    /// `context` must be current on this thread, and live as long as this does.
    EnabledProfiler(const Api& api, CUcontext context);
    EnabledProfiler(const EnabledProfiler&) = delete;
    EnabledProfiler& operator=(const EnabledProfiler&) = delete;
    ~EnabledProfiler();

    /// A counter data image for that many ranges of these metrics, with nothing in it.
    [[nodiscard]] std::vector<std::uint8_t> makeCounterData(const std::vector<std::string>& metrics,
                                                            std::size_t ranges = 1) const;
    /// Empties an image.
    void clear(std::span<std::uint8_t> counterData) const;

    /// At most `ranges`, as many as the image has place for, no nesting. CUPTI keeps both pointers: they must
    /// outlive this.
    void configure(std::span<const std::uint8_t> configImage, std::span<std::uint8_t> counterData,
                   CUpti_ProfilerRange range, CUpti_ProfilerReplayMode replay, std::size_t ranges = 1) const;

    [[nodiscard]] CUptiResult start() const noexcept;
    /// `range` must live until pop(): CUPTI may keep a pointer to it.
    [[nodiscard]] CUptiResult push(const std::string& range) const noexcept;
    [[nodiscard]] CUptiResult pop() const noexcept;
    [[nodiscard]] Stopped stop() const noexcept;

    /// Decodes into the configured image what the passes collected, and counts the ranges in it.
    [[nodiscard]] Ranges decode(std::span<const std::uint8_t> counterData) const;

 private:
    const Api& m_api;
    CUpti_RangeProfiler_Object* m_profiler = nullptr;
};

}  // namespace ridge::cupti
