// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/range_session.hpp"

#include <fmt/format.h>

#include "collector/cupti/error.hpp"
#include "collector/cupti/names.hpp"

namespace ridge::cupti {
namespace {

/// Start ... Stop. Stopped by the destructor only where stop() was not reached; then the outcome does not
/// matter.
class Pass {
 public:
    Pass(const Api& api, CUpti_RangeProfiler_Object* profiler) : m_api(api), m_profiler(profiler) {
        CUpti_RangeProfiler_Start_Params params{.structSize = CUpti_RangeProfiler_Start_Params_STRUCT_SIZE,
                                                .pPriv = nullptr,
                                                .pRangeProfilerObject = m_profiler};
        check(m_api.rangeStart(&params));
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() {
        CUpti_RangeProfiler_Stop_Params params = stopParams();
        if (m_running) static_cast<void>(m_api.rangeStop(&params));
    }

    /// True after the last pass.
    [[nodiscard]] bool stop() {
        CUpti_RangeProfiler_Stop_Params params = stopParams();
        m_running = false;
        check(m_api.rangeStop(&params));
        return params.isAllPassSubmitted != 0;
    }

 private:
    [[nodiscard]] CUpti_RangeProfiler_Stop_Params stopParams() const {
        return {.structSize = CUpti_RangeProfiler_Stop_Params_STRUCT_SIZE,
                .pPriv = nullptr,
                .pRangeProfilerObject = m_profiler,
                .passIndex = 0,
                .targetNestingLevel = 0,
                .isAllPassSubmitted = 0};
    }

    const Api& m_api;
    CUpti_RangeProfiler_Object* m_profiler;
    bool m_running = true;
};

/// PushRange ... PopRange, likewise.
class Range {
 public:
    Range(const Api& api, CUpti_RangeProfiler_Object* profiler, const std::string& name)
        : m_api(api), m_profiler(profiler) {
        CUpti_RangeProfiler_PushRange_Params params{
            .structSize = CUpti_RangeProfiler_PushRange_Params_STRUCT_SIZE,
            .pPriv = nullptr,
            .pRangeProfilerObject = m_profiler,
            .pRangeName = name.c_str()};
        check(m_api.rangePush(&params));
    }
    Range(const Range&) = delete;
    Range& operator=(const Range&) = delete;
    ~Range() {
        if (m_open) static_cast<void>(popIt());
    }

    void pop() {
        m_open = false;
        check(popIt());
    }

 private:
    [[nodiscard]] CUptiResult popIt() const {
        CUpti_RangeProfiler_PopRange_Params params{
            .structSize = CUpti_RangeProfiler_PopRange_Params_STRUCT_SIZE,
            .pPriv = nullptr,
            .pRangeProfilerObject = m_profiler};
        return m_api.rangePop(&params);
    }

    const Api& m_api;
    CUpti_RangeProfiler_Object* m_profiler;
    bool m_open = true;
};

}  // namespace

RangeSession::RangeSession(const Api& api, CUcontext context) : m_api(api) {
    CUpti_RangeProfiler_Enable_Params params{.structSize = CUpti_RangeProfiler_Enable_Params_STRUCT_SIZE,
                                             .pPriv = nullptr,
                                             .ctx = context,
                                             .pRangeProfilerObject = nullptr};
    check(m_api.rangeEnable(&params));
    m_profiler = params.pRangeProfilerObject;
}

RangeSession::~RangeSession() {
    CUpti_RangeProfiler_Disable_Params params{.structSize = CUpti_RangeProfiler_Disable_Params_STRUCT_SIZE,
                                              .pPriv = nullptr,
                                              .pRangeProfilerObject = m_profiler};
    static_cast<void>(m_api.rangeDisable(&params));
}

std::vector<std::uint8_t> RangeSession::makeCounterData(const std::vector<std::string>& metrics) const {
    std::vector<const char*> names = pointersTo(metrics);
    CUpti_RangeProfiler_GetCounterDataSize_Params size{
        .structSize = CUpti_RangeProfiler_GetCounterDataSize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .pMetricNames = names.data(),
        .numMetrics = names.size(),
        .maxNumOfRanges = 1,
        .maxNumRangeTreeNodes = 1,
        .counterDataSize = 0};
    check(m_api.rangeGetCounterDataSize(&size));
    std::vector<std::uint8_t> counterData(size.counterDataSize);
    CUpti_RangeProfiler_CounterDataImage_Initialize_Params params{
        .structSize = CUpti_RangeProfiler_CounterDataImage_Initialize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .counterDataSize = counterData.size(),
        .pCounterData = counterData.data()};
    check(m_api.rangeInitializeCounterData(&params));
    return counterData;
}

void RangeSession::configure(std::span<const std::uint8_t> configImage,
                             std::span<std::uint8_t> counterData) const {
    CUpti_RangeProfiler_SetConfig_Params params{
        .structSize = CUpti_RangeProfiler_SetConfig_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .configSize = configImage.size(),
        .pConfig = configImage.data(),
        .counterDataImageSize = counterData.size(),
        .pCounterDataImage = counterData.data(),
        .range = CUPTI_UserRange,
        .replayMode = CUPTI_UserReplay,
        .maxRangesPerPass = 1,
        .numNestingLevels = 1,
        .minNestingLevel = 1,
        .passIndex = 0,
        .targetNestingLevel = 1};
    check(m_api.rangeSetConfig(&params));
}

bool RangeSession::runPass(const std::string& name, const std::function<void()>& work) const {
    Pass pass(m_api, m_profiler);
    {
        Range range(m_api, m_profiler, name);
        work();
        range.pop();
    }
    return pass.stop();
}

void RangeSession::decode(std::span<const std::uint8_t> counterData) const {
    CUpti_RangeProfiler_DecodeData_Params decode{
        .structSize = CUpti_RangeProfiler_DecodeData_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pRangeProfilerObject = m_profiler,
        .numOfRangeDropped = 0};
    check(m_api.rangeDecodeData(&decode));
    CUpti_RangeProfiler_GetCounterDataInfo_Params info{
        .structSize = CUpti_RangeProfiler_GetCounterDataInfo_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pCounterDataImage = counterData.data(),
        .counterDataImageSize = counterData.size(),
        .numTotalRanges = 0};
    check(m_api.rangeGetCounterDataInfo(&info));
    if (decode.numOfRangeDropped == 0 && info.numTotalRanges == 1) return;
    throw Error(ExitCode::failed,
                fmt::format("CUPTI kept {} ranges of 1 and dropped {}: the counters are not whole",
                            info.numTotalRanges, decode.numOfRangeDropped),
                "measure the point again; report it if it stays");
}

}  // namespace ridge::cupti
