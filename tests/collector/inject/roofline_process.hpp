// SPDX-License-Identifier: Apache-2.0
// The fake CUPTI as a chip with tensor cores, for processes that are profiled with the set roofline.
#pragma once

#include <initializer_list>
#include <string>

#include "collector/metrics/metric_set.hpp"
#include "collector/metrics/resolve.hpp"
#include "tests/collector/inject/fake_process.hpp"

namespace ridge::test {

inline const std::string tensorLeaf = "sm__ops_path_tensor_src_";
inline const std::string bf16Counter = tensorLeaf + "bf16_dst_fp32_sparsity_off.sum",
                         fp64Counter = tensorLeaf + "fp64.sum",
                         int8Counter = tensorLeaf + "int8_sparsity_off.sum",
                         tensorPipe = "sm__inst_executed_pipe_tensor.sum",
                         ffmaCounter = "smsp__sass_thread_inst_executed_op_ffma_pred_on.sum";

[[nodiscard]] inline inject::Options rooflineOptions() {
    inject::Options options = bytesOptions();
    options.metricSet = "roofline";
    return options;
}

/// 21 metrics, 5 of them float leaves: 7 passes of 3 metrics, so that the pipe's counter takes one more.
inline void makeTensorChip(FakeCupti& cupti) {
    cupti.baseMetrics.clear();
    cupti.metricsPerPass = 3;
    for (const metrics::CounterRule& rule : metrics::loadSet("roofline").counters) {
        if (!rule.optional) cupti.baseMetrics.push_back(metrics::baseName(rule.anyOf.front()));
    }
    for (const char* types :
         {"fp16_dst_fp32_sparsity_off", "fp16_dst_fp16_sparsity_off", "tf32_dst_fp32_sparsity_off"})
        cupti.baseMetrics.push_back(tensorLeaf + types);
    for (const std::string& metric : {bf16Counter, fp64Counter, int8Counter, tensorPipe})
        cupti.baseMetrics.push_back(metrics::baseName(metric));
}

/// Launches from now on do this work; everything else is zero.
inline void doWork(FakeCupti& cupti, std::initializer_list<std::pair<const std::string, double>> work) {
    cupti.values.clear();
    for (const std::string& base : cupti.baseMetrics) {
        cupti.values[base + ".sum"] = 0;
        cupti.values[base + ".max"] = 0;
    }
    for (const auto& [metric, value] : work) cupti.values[metric] = value;
}

}  // namespace ridge::test
