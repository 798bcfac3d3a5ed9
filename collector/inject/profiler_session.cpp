// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/profiler_session.hpp"

#include <fmt/core.h>

#include "collector/cupti/error.hpp"
#include "collector/cupti/names.hpp"

namespace ridge::inject {

using cupti::check;

ProfilerSession::ProfilerSession(const cupti::Api& api, CUcontext context, const cupti::CollectionPlan& plan,
                                 Kind kind)
    : m_api(api), m_context(context), m_plan(plan), m_kind(kind) {
    CUpti_RangeProfiler_Enable_Params params{.structSize = CUpti_RangeProfiler_Enable_Params_STRUCT_SIZE,
                                             .pPriv = nullptr,
                                             .ctx = m_context,
                                             .pRangeProfilerObject = nullptr};
    check(m_api.rangeEnable(&params));
    m_profiler = params.pRangeProfilerObject;
    try {
        allocate();
        clear();
        configure();
    } catch (...) {
        disable();
        throw;
    }
}

ProfilerSession::~ProfilerSession() {
    bool ignored = false;
    if (m_pushed) static_cast<void>(pop());
    if (m_started) static_cast<void>(stop(ignored));
    disable();
}

void ProfilerSession::allocate() {
    std::vector<const char*> names = cupti::pointersTo(m_plan.metrics);
    CUpti_RangeProfiler_GetCounterDataSize_Params params{
        .structSize = CUpti_RangeProfiler_GetCounterDataSize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .pMetricNames = names.data(),
        .numMetrics = names.size(),
        .maxNumOfRanges = 1,
        .maxNumRangeTreeNodes = 1,
        .counterDataSize = 0};
    check(m_api.rangeGetCounterDataSize(&params));
    m_image.assign(params.counterDataSize, 0);
}

void ProfilerSession::clear() {
    CUpti_RangeProfiler_CounterDataImage_Initialize_Params params{
        .structSize = CUpti_RangeProfiler_CounterDataImage_Initialize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .counterDataSize = m_image.size(),
        .pCounterData = m_image.data()};
    check(m_api.rangeInitializeCounterData(&params));
}

void ProfilerSession::configure() {
    const bool kernel = m_kind == Kind::kernel;
    CUpti_RangeProfiler_SetConfig_Params params{
        .structSize = CUpti_RangeProfiler_SetConfig_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .configSize = m_plan.configImage.size(),
        .pConfig = m_plan.configImage.data(),
        .counterDataImageSize = m_image.size(),
        .pCounterDataImage = m_image.data(),
        .range = kernel ? CUPTI_AutoRange : CUPTI_UserRange,
        .replayMode = kernel ? CUPTI_KernelReplay : CUPTI_UserReplay,
        .maxRangesPerPass = 1,
        .numNestingLevels = 1,
        .minNestingLevel = 1,
        .passIndex = 0,
        .targetNestingLevel = 1};
    check(m_api.rangeSetConfig(&params));
}

void ProfilerSession::begin(const std::string& name) {
    CUpti_RangeProfiler_Start_Params start{.structSize = CUpti_RangeProfiler_Start_Params_STRUCT_SIZE,
                                           .pPriv = nullptr,
                                           .pRangeProfilerObject = m_profiler};
    check(m_api.rangeStart(&start));
    m_started = true;
    if (m_kind == Kind::kernel) return;
    CUpti_RangeProfiler_PushRange_Params push{.structSize = CUpti_RangeProfiler_PushRange_Params_STRUCT_SIZE,
                                              .pPriv = nullptr,
                                              .pRangeProfilerObject = m_profiler,
                                              .pRangeName = name.c_str()};
    if (const CUptiResult result = m_api.rangePush(&push); result != CUPTI_SUCCESS) {
        bool ignored = false;
        static_cast<void>(stop(ignored));
        check(result);
    }
    m_pushed = true;
}

void ProfilerSession::end() {
    const CUptiResult popped = m_pushed ? pop() : CUPTI_SUCCESS;
    bool allSubmitted = false;
    const CUptiResult stopped = stop(allSubmitted);
    check(popped);
    check(stopped);
    if (allSubmitted) return;
    throw Error(ExitCode::failed,
                fmt::format("CUPTI wants more than the {} passes of the plan", m_plan.passes),
                "choose a smaller metric set; report it if it stays");
}

CUptiResult ProfilerSession::pop() noexcept {
    m_pushed = false;
    CUpti_RangeProfiler_PopRange_Params params{.structSize = CUpti_RangeProfiler_PopRange_Params_STRUCT_SIZE,
                                               .pPriv = nullptr,
                                               .pRangeProfilerObject = m_profiler};
    return m_api.rangePop(&params);
}

CUptiResult ProfilerSession::stop(bool& allSubmitted) noexcept {
    m_started = false;
    CUpti_RangeProfiler_Stop_Params params{.structSize = CUpti_RangeProfiler_Stop_Params_STRUCT_SIZE,
                                           .pPriv = nullptr,
                                           .pRangeProfilerObject = m_profiler,
                                           .passIndex = 0,
                                           .targetNestingLevel = 0,
                                           .isAllPassSubmitted = 0};
    const CUptiResult result = m_api.rangeStop(&params);
    allSubmitted = params.isAllPassSubmitted != 0;
    return result;
}

std::span<const std::uint8_t> ProfilerSession::decode() {
    CUpti_RangeProfiler_DecodeData_Params decode{
        .structSize = CUpti_RangeProfiler_DecodeData_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .numOfRangeDropped = 0};
    check(m_api.rangeDecodeData(&decode));
    CUpti_RangeProfiler_GetCounterDataInfo_Params info{
        .structSize = CUpti_RangeProfiler_GetCounterDataInfo_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pCounterDataImage = m_image.data(),
        .counterDataImageSize = m_image.size(),
        .numTotalRanges = 0};
    check(m_api.rangeGetCounterDataInfo(&info));
    if (decode.numOfRangeDropped == 0 && info.numTotalRanges == 1) return m_image;
    throw Error(ExitCode::failed,
                fmt::format("CUPTI kept {} ranges of 1 and dropped {}", info.numTotalRanges,
                            decode.numOfRangeDropped),
                "its counters are not whole; profile again");
}

void ProfilerSession::disable() noexcept {
    CUpti_RangeProfiler_Disable_Params params{.structSize = CUpti_RangeProfiler_Disable_Params_STRUCT_SIZE,
                                              .pPriv = nullptr,
                                              .pRangeProfilerObject = m_profiler};
    static_cast<void>(m_api.rangeDisable(&params));
}

}  // namespace ridge::inject
