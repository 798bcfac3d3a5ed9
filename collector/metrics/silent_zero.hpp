// SPDX-License-Identifier: Apache-2.0
// Finds the one wrong number that looks right: no FLOPs for a kernel whose tensor cores worked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collector/metrics/evaluate.hpp"

namespace ridge::metrics {

/// What to collect to see the tensor pipe work, one pass with the bytes on every chip; empty where there is
/// none.
[[nodiscard]] std::vector<std::string> tensorPipeOf(const Resolution& resolution);

/// Integer operations that the set leaves out: what a busy pipe may have done where no float was counted.
[[nodiscard]] std::vector<std::string> unseenIntegersOf(const Resolution& resolution);

/// False for operations that the chip executes elsewhere: the pipe neither contradicts nor explains them.
[[nodiscard]] bool isOnPipe(const Resolution& resolution, const std::string& leaf);

/// Instructions of tensor operations; nullopt where the values do not tell.
[[nodiscard]] std::optional<double> tensorInstructions(const Resolution& resolution,
                                                       const std::map<std::string, double>& values);

struct SilentZero {
    std::string text;        ///< names the counter that contradicts the zero
    bool isCertain = false;  ///< false: operations that the set leaves out may be what ran
};

/// What contradicts a total of zero, or the zero of every tensor leaf whatever the total is; nullopt where
/// nothing does. `values` hold 0 for counters that are known to be zero. Integer and sparse work have no
/// dense FLOPs: a leaf that counts them explains the pipe's instructions, and so does a counter of
/// Resolution::unseen.
[[nodiscard]] std::optional<SilentZero> silentZero(const Evaluation& evaluation, const Resolution& resolution,
                                                   const std::map<std::string, double>& values);

/// True where no tensor work was counted and the values do not tell what the pipe did: it may be a silent
/// zero.
[[nodiscard]] bool isUnproven(const Evaluation& evaluation, const Resolution& resolution,
                              const std::map<std::string, double>& values);

}  // namespace ridge::metrics
