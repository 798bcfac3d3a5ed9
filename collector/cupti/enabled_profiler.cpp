// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/enabled_profiler.hpp"

#include "collector/cupti/error.hpp"
#include "collector/cupti/names.hpp"

namespace ridge::cupti {

EnabledProfiler::EnabledProfiler(const Api& api, CUcontext context) : m_api(api) {
    CUpti_RangeProfiler_Enable_Params params{.structSize = CUpti_RangeProfiler_Enable_Params_STRUCT_SIZE,
                                             .pPriv = nullptr,
                                             .ctx = context,
                                             .pRangeProfilerObject = nullptr};
    check(m_api.rangeEnable(&params));
    m_profiler = params.pRangeProfilerObject;
}

EnabledProfiler::~EnabledProfiler() {
    CUpti_RangeProfiler_Disable_Params params{.structSize = CUpti_RangeProfiler_Disable_Params_STRUCT_SIZE,
                                              .pPriv = nullptr,
                                              .pRangeProfilerObject = m_profiler};
    static_cast<void>(m_api.rangeDisable(&params));
}

std::vector<std::uint8_t> EnabledProfiler::makeCounterData(const std::vector<std::string>& metrics,
                                                           std::size_t ranges) const {
    std::vector<const char*> names = pointersTo(metrics);
    CUpti_RangeProfiler_GetCounterDataSize_Params params{
        .structSize = CUpti_RangeProfiler_GetCounterDataSize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .pMetricNames = names.data(),
        .numMetrics = names.size(),
        .maxNumOfRanges = ranges,
        .maxNumRangeTreeNodes = static_cast<std::uint32_t>(ranges),
        .counterDataSize = 0};
    check(m_api.rangeGetCounterDataSize(&params));
    std::vector<std::uint8_t> counterData(params.counterDataSize);
    clear(counterData);
    return counterData;
}

void EnabledProfiler::clear(std::span<std::uint8_t> counterData) const {
    CUpti_RangeProfiler_CounterDataImage_Initialize_Params params{
        .structSize = CUpti_RangeProfiler_CounterDataImage_Initialize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .counterDataSize = counterData.size(),
        .pCounterData = counterData.data()};
    check(m_api.rangeInitializeCounterData(&params));
}

void EnabledProfiler::configure(std::span<const std::uint8_t> configImage,
                                std::span<std::uint8_t> counterData, CUpti_ProfilerRange range,
                                CUpti_ProfilerReplayMode replay, std::size_t ranges) const {
    CUpti_RangeProfiler_SetConfig_Params params{
        .structSize = CUpti_RangeProfiler_SetConfig_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .configSize = configImage.size(),
        .pConfig = configImage.data(),
        .counterDataImageSize = counterData.size(),
        .pCounterDataImage = counterData.data(),
        .range = range,
        .replayMode = replay,
        .maxRangesPerPass = ranges,
        .numNestingLevels = 1,
        .minNestingLevel = 1,
        .passIndex = 0,
        .targetNestingLevel = 1};
    check(m_api.rangeSetConfig(&params));
}

CUptiResult EnabledProfiler::start() const noexcept {
    CUpti_RangeProfiler_Start_Params params{.structSize = CUpti_RangeProfiler_Start_Params_STRUCT_SIZE,
                                            .pPriv = nullptr,
                                            .pRangeProfilerObject = m_profiler};
    return m_api.rangeStart(&params);
}

CUptiResult EnabledProfiler::push(const std::string& range) const noexcept {
    CUpti_RangeProfiler_PushRange_Params params{
        .structSize = CUpti_RangeProfiler_PushRange_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .pRangeName = range.c_str()};
    return m_api.rangePush(&params);
}

CUptiResult EnabledProfiler::pop() const noexcept {
    CUpti_RangeProfiler_PopRange_Params params{.structSize = CUpti_RangeProfiler_PopRange_Params_STRUCT_SIZE,
                                               .pPriv = nullptr,
                                               .pRangeProfilerObject = m_profiler};
    return m_api.rangePop(&params);
}

EnabledProfiler::Stopped EnabledProfiler::stop() const noexcept {
    CUpti_RangeProfiler_Stop_Params params{.structSize = CUpti_RangeProfiler_Stop_Params_STRUCT_SIZE,
                                           .pPriv = nullptr,
                                           .pRangeProfilerObject = m_profiler,
                                           .passIndex = 0,
                                           .targetNestingLevel = 0,
                                           .isAllPassSubmitted = 0};
    const CUptiResult result = m_api.rangeStop(&params);
    return {result, params.isAllPassSubmitted != 0};
}

EnabledProfiler::Ranges EnabledProfiler::decode(std::span<const std::uint8_t> counterData) const {
    CUpti_RangeProfiler_DecodeData_Params decoded{
        .structSize = CUpti_RangeProfiler_DecodeData_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .numOfRangeDropped = 0};
    check(m_api.rangeDecodeData(&decoded));
    CUpti_RangeProfiler_GetCounterDataInfo_Params info{
        .structSize = CUpti_RangeProfiler_GetCounterDataInfo_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pCounterDataImage = counterData.data(),
        .counterDataImageSize = counterData.size(),
        .numTotalRanges = 0};
    check(m_api.rangeGetCounterDataInfo(&info));
    return {info.numTotalRanges, decoded.numOfRangeDropped};
}

}  // namespace ridge::cupti
