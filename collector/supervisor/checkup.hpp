// SPDX-License-Identifier: Apache-2.0
// What the doctor finds GPU by GPU, and the same told once where the GPUs do not differ.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "collector/doctor/finding.hpp"
#include "db/model/error.hpp"

namespace ridge::supervisor {

/// The findings with one GPU in view, the worker that looked first.
struct Checkup {
    std::string gpu;  ///< as it was asked for: "0", or a UUID
    std::vector<doctor::Finding> findings;
};

/// A finding and the GPUs it is true of; of all that were looked at: none is named.
struct SharedFinding {
    doctor::Finding finding;
    std::vector<std::string> gpus;
};

/// One a GPU: `devices` as for openBenches; none: every GPU there is, and one checkup where there is none. A
/// worker that dies or is late is that GPU's finding; so is a build without one.
[[nodiscard]] std::vector<Checkup> checkUp(const std::vector<std::string>& devices,
                                           std::chrono::milliseconds timeout);

/// In the order of the names' first appearance; GPUs with the same finding share it.
[[nodiscard]] std::vector<SharedFinding> shared(const std::vector<Checkup>& checkups);

/// The worst of what the findings stop: noGpu everything, failed counters for want of CUPTI, notPermitted for
/// want of permission; done: it can measure.
[[nodiscard]] ExitCode verdict(const Checkup& checkup);

/// Those GPUs that can do most.
struct Able {
    ExitCode code = ExitCode::noGpu;  ///< their verdict
    std::vector<std::string> gpus;
};
[[nodiscard]] Able mostAble(const std::vector<Checkup>& checkups);

}  // namespace ridge::supervisor
