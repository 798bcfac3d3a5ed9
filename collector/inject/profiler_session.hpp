// SPDX-License-Identifier: Apache-2.0
// One enabled range profiler whose passes begin and end in different callbacks: a kernel that CUPTI replays,
// or one pass of a user range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collector/cupti/enabled_profiler.hpp"
#include "collector/cupti/planner.hpp"

namespace ridge::inject {

/// At most one in a process: CUPTI enables one range profiler at a time. Calls come from one thread at a
/// time, begin() ... end() from the thread that launches, with the context current.
class ProfilerSession {
 public:
    enum class Kind {
        kernel,  ///< auto range, kernel replay: one launch between begin and end, all passes by CUPTI
        range,   ///< user range, user replay: what runs between begin and end is one pass
    };

    /// Enables the profiler on `context` and configures it; both must outlive this, `plan` too. Throws
    /// CuptiError with the profiler disabled again.
    /// `ranges`: how many kernels the launch may have; of a CUDA graph CUPTI makes a range of each.
    ProfilerSession(const cupti::Api& api, CUcontext context, const cupti::CollectionPlan& plan, Kind kind,
                    std::size_t ranges = 1);
    ProfilerSession(const ProfilerSession&) = delete;
    ProfilerSession& operator=(const ProfilerSession&) = delete;
    /// Ends what is open, without its result, and disables the profiler.
    ~ProfilerSession();

    /// Another plan for the same context and kind, not between begin() and end(). Throws CuptiError; this is
    /// of no further use then.
    void configure(const cupti::CollectionPlan& plan, std::size_t ranges);

    /// Start, and PushRange where the range is a user's. Throws CuptiError with nothing left open.
    void begin(const std::string& name);
    /// PopRange, Stop. Throws CuptiError, or ridge::Error (failed) where CUPTI wants another pass.
    void end();
    struct Decoded {
        std::span<const std::uint8_t> image;
        std::size_t ranges = 0;  ///< 1, or up to what the session has place for
    };
    /// Throws CuptiError, or ridge::Error (failed) for no range or too many: a launch that failed or was
    /// captured leaves none, a stranger's launch adds one.
    [[nodiscard]] Decoded decode();
    /// Empties the image for the next begin(). Throws CuptiError.
    void clear();

    [[nodiscard]] CUcontext context() const noexcept { return m_context; }
    [[nodiscard]] const cupti::CollectionPlan& plan() const noexcept { return *m_plan; }
    [[nodiscard]] std::size_t ranges() const noexcept { return m_ranges; }

 private:
    CUcontext m_context;
    const cupti::CollectionPlan* m_plan = nullptr;
    Kind m_kind;
    std::size_t m_ranges = 0;
    std::vector<std::uint8_t> m_image;  ///< counter data; the profiler keeps a pointer to its bytes
    cupti::EnabledProfiler m_profiler;
    bool m_started = false, m_pushed = false;
};

}  // namespace ridge::inject
