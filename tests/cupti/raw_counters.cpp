// SPDX-License-Identifier: Apache-2.0
#include "tests/cupti/raw_counters.hpp"

#include <dlfcn.h>
#include <nvperf_cuda_host.h>
#include <nvperf_host.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <vector>

#include "collector/cupti/api.hpp"

namespace ridge::test {
namespace {

void check(NVPA_Status status, const char* what) {
    if (status != NVPA_STATUS_SUCCESS)
        throw std::runtime_error(std::string(what) + " gives " + std::to_string(status));
}

/// One function of libnvperf_host, which CUPTI loads from its own folder; kept loaded.
template <class Function>
Function* functionOf(const char* name) {
    static void* const library = [] {
        const auto folder = std::filesystem::path(cupti::library().path).parent_path();
        return dlopen((folder / "libnvperf_host.so").c_str(), RTLD_NOW);
    }();
    void* const found = library == nullptr ? nullptr : dlsym(library, name);
    if (found == nullptr) throw std::runtime_error(std::string("no ") + name + " beside CUPTI");
    return reinterpret_cast<Function*>(found);
}

/// What the library knows of one chip; never destroyed, as it is asked until the process ends.
struct Evaluator {
    explicit Evaluator(const std::string& chip) {
        NVPW_InitializeHost_Params host{};
        host.structSize = NVPW_InitializeHost_Params_STRUCT_SIZE;
        check(functionOf<decltype(NVPW_InitializeHost)>("NVPW_InitializeHost")(&host), "InitializeHost");

        NVPW_CUDA_MetricsEvaluator_CalculateScratchBufferSize_Params size{};
        size.structSize = NVPW_CUDA_MetricsEvaluator_CalculateScratchBufferSize_Params_STRUCT_SIZE;
        size.pChipName = chip.c_str();
        check(functionOf<decltype(NVPW_CUDA_MetricsEvaluator_CalculateScratchBufferSize)>(
                  "NVPW_CUDA_MetricsEvaluator_CalculateScratchBufferSize")(&size),
              "CalculateScratchBufferSize");
        scratch.resize(size.scratchBufferSize);

        NVPW_CUDA_MetricsEvaluator_Initialize_Params start{};
        start.structSize = NVPW_CUDA_MetricsEvaluator_Initialize_Params_STRUCT_SIZE;
        start.pChipName = chip.c_str();
        start.pScratchBuffer = scratch.data();
        start.scratchBufferSize = scratch.size();
        check(functionOf<decltype(NVPW_CUDA_MetricsEvaluator_Initialize)>(
                  "NVPW_CUDA_MetricsEvaluator_Initialize")(&start),
              "MetricsEvaluator_Initialize");
        handle = start.pMetricsEvaluator;
    }

    std::vector<std::uint8_t> scratch;
    NVPW_MetricsEvaluator* handle = nullptr;
};

Evaluator& evaluatorOf(const std::string& chip) {
    static std::map<std::string, Evaluator> evaluators;
    return evaluators.try_emplace(chip, chip).first->second;
}

NVPW_MetricEvalRequest requestOf(Evaluator& evaluator, const std::string& metric) {
    NVPW_MetricEvalRequest request{};
    NVPW_MetricsEvaluator_ConvertMetricNameToMetricEvalRequest_Params params{};
    params.structSize = NVPW_MetricsEvaluator_ConvertMetricNameToMetricEvalRequest_Params_STRUCT_SIZE;
    params.pMetricsEvaluator = evaluator.handle;
    params.pMetricName = metric.c_str();
    params.pMetricEvalRequest = &request;
    params.metricEvalRequestStructSize = NVPW_MetricEvalRequest_STRUCT_SIZE;
    check(functionOf<decltype(NVPW_MetricsEvaluator_ConvertMetricNameToMetricEvalRequest)>(
              "NVPW_MetricsEvaluator_ConvertMetricNameToMetricEvalRequest")(&params),
          metric.c_str());
    return request;
}

}  // namespace

std::set<std::string> chipsWithoutRawCounters() {
    if (cupti::library().version >= 130000) return {};
    return {"GB110", "GB207"};
}

std::set<std::string> rawCountersOf(const std::string& chip, const std::string& metric) {
    Evaluator& evaluator = evaluatorOf(chip);
    const NVPW_MetricEvalRequest request = requestOf(evaluator, metric);
    NVPW_MetricsEvaluator_GetMetricRawDependencies_Params params{};
    params.structSize = NVPW_MetricsEvaluator_GetMetricRawDependencies_Params_STRUCT_SIZE;
    params.pMetricsEvaluator = evaluator.handle;
    params.pMetricEvalRequests = &request;
    params.numMetricEvalRequests = 1;
    params.metricEvalRequestStructSize = NVPW_MetricEvalRequest_STRUCT_SIZE;
    params.metricEvalRequestStrideSize = sizeof(request);
    auto* const ask = functionOf<decltype(NVPW_MetricsEvaluator_GetMetricRawDependencies)>(
        "NVPW_MetricsEvaluator_GetMetricRawDependencies");
    check(ask(&params), metric.c_str());  // the first time it tells how many
    std::vector<const char*> needed(params.numRawDependencies), optional(params.numOptionalRawDependencies);
    params.ppRawDependencies = needed.data();
    params.ppOptionalRawDependencies = optional.data();
    check(ask(&params), metric.c_str());
    std::set<std::string> names(needed.begin(), needed.end());
    names.insert(optional.begin(), optional.end());
    return names;
}

}  // namespace ridge::test
