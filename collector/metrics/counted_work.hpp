// SPDX-License-Identifier: Apache-2.0
// What was counted of the one kind of work that a ceiling or a closed form is about.
#pragma once

#include <string>
#include <string_view>

#include "collector/metrics/evaluate.hpp"

namespace ridge::metrics {

/// The smallest metric set that counts the work of a ceiling or of a closed form's path.
[[nodiscard]] std::string metricSetFor(std::string_view path);

/// What was counted on a path, or on all ("flops"): DRAM bytes ("dram", "dram_..."), bytes from L2 to L1
/// ("l2_read"), FLOPs or operations of a compute path. tensor_fp16_acc16 is with tensor_fp16, since not every
/// chip tells the accumulators apart; fp64 is with tensor_fp64, which cuBLAS takes where there is one.
[[nodiscard]] Quantity countedWork(const Evaluation& evaluation, std::string_view path);

}  // namespace ridge::metrics
