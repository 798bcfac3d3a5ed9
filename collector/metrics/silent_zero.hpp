// SPDX-License-Identifier: Apache-2.0
// Finds the one wrong number that looks right: no FLOPs for a kernel whose tensor cores worked.
#pragma once

#include <map>
#include <string>

#include "collector/metrics/evaluate.hpp"

namespace ridge::metrics {

/// Instructions of the tensor pipe, on every chip that has one. Beside the leaves it costs a pass, so it is
/// asked for only where they are all zero.
inline constexpr const char* tensorPipeMetric = "sm__inst_executed_pipe_tensor.sum";

/// The set's probe where the chip has one: on Ada CUPTI calls tensorPipeMetric outdated.
[[nodiscard]] std::string tensorPipeOf(const Resolution& resolution);

/// The text of the error, naming the counter that contradicts a FLOP count of zero; empty where nothing does.
/// The tensor pipe counts where `values` has it, and every tensor leaf on the FLOP axis. Integer and sparse
/// work have no dense FLOPs: a leaf that counts them clears the pipe.
[[nodiscard]] std::string silentZero(const Evaluation& evaluation, const Resolution& resolution,
                                     const std::map<std::string, double>& values);

}  // namespace ridge::metrics
