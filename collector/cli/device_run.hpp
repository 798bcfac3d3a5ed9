// SPDX-License-Identifier: Apache-2.0
// What commands share that measure without a plan: the devices they were given and the run they record.
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
/// doctor.
[[nodiscard]] std::vector<supervisor::Bench> openedDevices(const std::vector<std::string>& devices,
                                                           bool needCounters,
                                                           std::chrono::milliseconds timeout);

/// A run of `plan` ("ceilings", "selftest") into `file`, around `work`, which is given the store and the
/// run's id; the run's state says how it ended.
void recordDeviceRun(const std::string& file, const std::string& plan, const std::string& commandLine,
                     const protocol::DescribeReply& described, const supervisor::Interruption& interruption,
                     const std::function<void(db::Store&, std::int64_t run)>& work);

}  // namespace ridge::cli
