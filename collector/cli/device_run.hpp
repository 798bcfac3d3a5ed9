// SPDX-License-Identifier: Apache-2.0
// What commands share that measure: the devices they were given and the run they record.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "collector/supervisor/bench.hpp"
#include "collector/supervisor/interruption.hpp"
#include "db/model/run.hpp"
#include "db/store.hpp"

namespace ridge::cli {

/// As --device is typed: "0,1", UUIDs, "all" (then empty), "" (the first). Throws ridge::Error (usage).
[[nodiscard]] std::vector<std::string> parsedDevices(const std::string& text);

/// Opens them as supervisor::openBenches does; where there is no usable GPU, the hint leads on to ridge
/// doctor, after `instead`: what can be done without one.
[[nodiscard]] std::vector<supervisor::Bench> openedDevices(const std::vector<std::string>& devices,
                                                           bool needCounters,
                                                           std::chrono::milliseconds timeout,
                                                           const std::string& instead = {});

/// A run on this machine by this version of ridge.
[[nodiscard]] db::Run newRun(std::string plan, std::string commandLine);

/// Adds the versions that a worker found.
void describe(db::Run& run, const protocol::DescribeReply& described);

/// Adds the run to `file`, lets `work` fill it and leaves it in a state that says how it ended.
void recordRun(const std::string& file, const db::Run& run, const supervisor::Interruption& interruption,
               const std::function<void(db::Store&, std::int64_t run)>& work);

}  // namespace ridge::cli
