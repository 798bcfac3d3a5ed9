// SPDX-License-Identifier: Apache-2.0
// The DRAM traffic of a GPU on which whoever measures moves nothing: displays, other processes, the driver.
#pragma once

#include <optional>

#include "collector/metrics/evaluate.hpp"
#include "db/model/point.hpp"

namespace ridge::metrics {

/// Bytes a second, read and written, of counters that were read while a kernel that touches no memory ran;
/// nullopt where bytes or time were not counted.
[[nodiscard]] std::optional<double> dramBytesPerSecond(const Evaluation& idle);

/// Puts it among the record's metrics, where flagsOf() looks for it; nothing where it is not known.
void addIdleTraffic(db::Record& record, const std::optional<double>& bytesPerSecond);

}  // namespace ridge::metrics
