// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/range_session.hpp"

#include <fmt/format.h>

#include "collector/cupti/error.hpp"

namespace ridge::cupti {
namespace {

/// Start ... Stop. Stopped by the destructor only where stop() was not reached; then the outcome does not
/// matter.
class Pass {
 public:
    explicit Pass(const EnabledProfiler& profiler) : m_profiler(profiler) { check(m_profiler.start()); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() {
        if (m_running) static_cast<void>(m_profiler.stop());
    }

    /// True after the last pass.
    [[nodiscard]] bool stop() {
        m_running = false;
        const EnabledProfiler::Stopped stopped = m_profiler.stop();
        check(stopped.result);
        return stopped.allSubmitted;
    }

 private:
    const EnabledProfiler& m_profiler;
    bool m_running = true;
};

/// PushRange ... PopRange, likewise.
class Range {
 public:
    Range(const EnabledProfiler& profiler, const std::string& name) : m_profiler(profiler) {
        check(m_profiler.push(name));
    }
    Range(const Range&) = delete;
    Range& operator=(const Range&) = delete;
    ~Range() {
        if (m_open) static_cast<void>(m_profiler.pop());
    }

    void pop() {
        m_open = false;
        check(m_profiler.pop());
    }

 private:
    const EnabledProfiler& m_profiler;
    bool m_open = true;
};

}  // namespace

void RangeSession::configure(std::span<const std::uint8_t> configImage,
                             std::span<std::uint8_t> counterData) const {
    m_profiler.configure(configImage, counterData, CUPTI_UserRange, CUPTI_UserReplay);
}

bool RangeSession::runPass(const std::string& name, const std::function<void()>& work) const {
    Pass pass(m_profiler);
    {
        Range range(m_profiler, name);
        work();
        range.pop();
    }
    return pass.stop();
}

void RangeSession::decode(std::span<const std::uint8_t> counterData) const {
    const EnabledProfiler::Ranges ranges = m_profiler.decode(counterData);
    if (ranges.dropped == 0 && ranges.kept == 1) return;
    throw Error(ExitCode::failed,
                fmt::format("CUPTI kept {} ranges of 1 and dropped {}: the counters are not whole",
                            ranges.kept, ranges.dropped),
                "measure the point again; report it if it stays");
}

}  // namespace ridge::cupti
