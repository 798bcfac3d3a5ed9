// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/host_profiler.hpp"

#include <algorithm>

#include "collector/cupti/error.hpp"
#include "collector/cupti/names.hpp"

namespace ridge::cupti {
namespace {

/// What CUPTI 13.0 answers for a name that the chip does not have, for names that do not go together, and for
/// every name after one of these. Anything else says something of the machine, not of the name.
bool isRefusal(CUptiResult result) {
    return result == CUPTI_ERROR_INVALID_PARAMETER || result == CUPTI_ERROR_INVALID_METRIC_NAME ||
           result == CUPTI_ERROR_NOT_SUPPORTED || result == CUPTI_ERROR_UNKNOWN;
}

}  // namespace

std::vector<std::string> chips(const Api& api) {
    CUpti_Profiler_Host_GetSupportedChips_Params params{
        .structSize = CUpti_Profiler_Host_GetSupportedChips_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .numChips = 0,
        .ppChipNames = nullptr};
    check(api.hostGetSupportedChips(&params));
    return {params.ppChipNames, params.ppChipNames + params.numChips};
}

HostProfiler::HostProfiler(const Api& api, const std::string& chip,
                           std::span<const std::uint8_t> availability)
    : m_api(api) {
    CUpti_Profiler_Host_Initialize_Params params{
        .structSize = CUpti_Profiler_Host_Initialize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .profilerType = CUPTI_PROFILER_TYPE_RANGE_PROFILER,
        .pChipName = chip.c_str(),
        .pCounterAvailabilityImage = availability.empty() ? nullptr : availability.data(),
        .pHostObject = nullptr};
    check(m_api.hostInitialize(&params));
    m_object = params.pHostObject;
}

HostProfiler::~HostProfiler() {
    CUpti_Profiler_Host_Deinitialize_Params params{
        .structSize = CUpti_Profiler_Host_Deinitialize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pHostObject = m_object};
    static_cast<void>(m_api.hostDeinitialize(&params));
}

std::vector<std::string> HostProfiler::counters() const {
    CUpti_Profiler_Host_GetBaseMetrics_Params params{
        .structSize = CUpti_Profiler_Host_GetBaseMetrics_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pHostObject = m_object,
        .metricType = CUPTI_METRIC_TYPE_COUNTER,
        .ppMetricNames = nullptr,
        .numMetrics = 0};
    check(m_api.hostGetBaseMetrics(&params));
    return {params.ppMetricNames, params.ppMetricNames + params.numMetrics};
}

bool HostProfiler::addMetrics(const std::vector<std::string>& metrics) {
    std::vector<const char*> names = pointersTo(metrics);
    CUpti_Profiler_Host_ConfigAddMetrics_Params params{
        .structSize = CUpti_Profiler_Host_ConfigAddMetrics_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pHostObject = m_object,
        .ppMetricNames = names.data(),
        .numMetrics = names.size()};
    const CUptiResult result = m_api.hostAddMetrics(&params);
    if (isRefusal(result)) return false;
    check(result);
    return true;
}

std::vector<std::uint8_t> HostProfiler::configImage() const {
    CUpti_Profiler_Host_GetConfigImageSize_Params size{
        .structSize = CUpti_Profiler_Host_GetConfigImageSize_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pHostObject = m_object,
        .configImageSize = 0};
    check(m_api.hostGetConfigImageSize(&size));
    std::vector<std::uint8_t> image(size.configImageSize);
    CUpti_Profiler_Host_GetConfigImage_Params params{
        .structSize = CUpti_Profiler_Host_GetConfigImage_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pHostObject = m_object,
        .configImageSize = image.size(),
        .pConfigImage = image.data()};
    check(m_api.hostGetConfigImage(&params));
    return image;
}

std::size_t HostProfiler::passes(std::vector<std::uint8_t>& configImage) const {
    CUpti_Profiler_Host_GetNumOfPasses_Params params{
        .structSize = CUpti_Profiler_Host_GetNumOfPasses_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .configImageSize = configImage.size(),
        .pConfigImage = configImage.data(),
        .numOfPasses = 0};
    check(m_api.hostGetNumOfPasses(&params));
    return params.numOfPasses;
}

std::vector<double> HostProfiler::evaluate(std::span<const std::uint8_t> counterData, std::size_t rangeIndex,
                                           const std::vector<std::string>& metrics) const {
    std::vector<const char*> names = pointersTo(metrics);
    std::vector<double> values(metrics.size());
    CUpti_Profiler_Host_EvaluateToGpuValues_Params params{
        .structSize = CUpti_Profiler_Host_EvaluateToGpuValues_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .pHostObject = m_object,
        .pCounterDataImage = counterData.data(),
        .counterDataImageSize = counterData.size(),
        .rangeIndex = rangeIndex,
        .ppMetricNames = names.data(),
        .numMetrics = names.size(),
        .pMetricValues = values.data()};
    check(m_api.hostEvaluate(&params));
    return values;
}

}  // namespace ridge::cupti
