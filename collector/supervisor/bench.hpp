// SPDX-License-Identifier: Apache-2.0
// The GPUs a run measures on, each behind a worker that has answered for it.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "collector/supervisor/protocol.hpp"
#include "collector/supervisor/worker_process.hpp"
#include "db/model/device.hpp"

namespace ridge::supervisor {

struct Bench {
    WorkerProcess worker;
    protocol::DescribeReply description;
    std::vector<db::Ceiling> ceilings;  ///< of the device's data sheet; none where share has none
};

/// One a device: `devices` are indexes as nvidia-smi has them (into CUDA_VISIBLE_DEVICES where that is set)
/// or UUIDs; none: every GPU there is. With `needCounters`, also asks whether they may be read. Throws
/// ridge::Error: noGpu, notPermitted, usage for an index that is not there and a GPU that is there twice,
/// failed for a worker that breaks and without CUPTI.
[[nodiscard]] std::vector<Bench> openBenches(const std::vector<std::string>& devices, bool needCounters,
                                             std::chrono::milliseconds timeout);

/// A worker for questions that need no particular GPU. Throws ridge::Error (`code`) where this build has
/// none.
[[nodiscard]] WorkerProcess requireWorker(ExitCode code);

/// Makes a worker number the GPUs as nvidia-smi shows them, unless the user has numbered them otherwise.
[[nodiscard]] std::map<std::string, std::string> numberedAsNvidiaSmi();

/// The reply to a question that is not a measurement. Throws ridge::Error (failed) when the worker breaks.
[[nodiscard]] std::string reply(WorkerProcess& worker, const std::string& request,
                                std::chrono::milliseconds timeout);

}  // namespace ridge::supervisor
