// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/profiler_session.hpp"

#include <fmt/core.h>

#include <utility>

#include "collector/cupti/error.hpp"

namespace ridge::inject {

using cupti::check;

ProfilerSession::ProfilerSession(const cupti::Api& api, CUcontext context, const cupti::CollectionPlan& plan,
                                 Kind kind, std::size_t ranges)
    : m_context(context), m_kind(kind), m_profiler(api, context) {
    configure(plan, ranges);
}

void ProfilerSession::configure(const cupti::CollectionPlan& plan, std::size_t ranges) {
    // CUPTI keeps a pointer to the bytes of the image before until it has this one's.
    std::vector<std::uint8_t> image = m_profiler.makeCounterData(plan.metrics, ranges);
    const bool kernel = m_kind == Kind::kernel;
    m_profiler.configure(plan.configImage, image, kernel ? CUPTI_AutoRange : CUPTI_UserRange,
                         kernel ? CUPTI_KernelReplay : CUPTI_UserReplay, ranges);
    m_image = std::move(image);
    m_plan = &plan;
    m_ranges = ranges;
}

ProfilerSession::~ProfilerSession() {
    if (m_pushed) static_cast<void>(m_profiler.pop());
    if (m_started) static_cast<void>(m_profiler.stop());
}

void ProfilerSession::begin(const std::string& name) {
    check(m_profiler.start());
    m_started = true;
    if (m_kind == Kind::kernel) return;
    if (const CUptiResult result = m_profiler.push(name); result != CUPTI_SUCCESS) {
        m_started = false;
        static_cast<void>(m_profiler.stop());
        check(result);
    }
    m_pushed = true;
}

void ProfilerSession::end() {
    const CUptiResult popped = std::exchange(m_pushed, false) ? m_profiler.pop() : CUPTI_SUCCESS;
    m_started = false;
    const cupti::EnabledProfiler::Stopped stopped = m_profiler.stop();
    check(popped);
    check(stopped.result);
    if (stopped.allSubmitted) return;
    throw Error(ExitCode::failed,
                fmt::format("CUPTI wants more than the {} passes of the plan", m_plan->passes),
                "choose a smaller metric set; report it if it stays");
}

ProfilerSession::Decoded ProfilerSession::decode() {
    const cupti::EnabledProfiler::Ranges ranges = m_profiler.decode(m_image);
    if (ranges.dropped == 0 && ranges.kept >= 1 && ranges.kept <= m_ranges) return {m_image, ranges.kept};
    throw Error(
        ExitCode::failed,
        fmt::format("CUPTI kept {} ranges of {} and dropped {}", ranges.kept, m_ranges, ranges.dropped),
        "its counters are not whole; profile again");
}

void ProfilerSession::clear() {
    m_profiler.clear(m_image);
}

}  // namespace ridge::inject
