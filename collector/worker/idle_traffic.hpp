// SPDX-License-Identifier: Apache-2.0
// The DRAM traffic of a GPU on which this process moves nothing: displays, other processes, the driver.
#pragma once

#include <optional>

#include "collector/cupti/range_profiler.hpp"
#include "workloads/gemm/gemm.hpp"

namespace ridge::worker {

/// Bytes a second, read and written, while a kernel that touches no memory runs for 10 ms; nullopt where the
/// chip has no DRAM counters or did not deliver them. Throws what counters.read throws.
[[nodiscard]] std::optional<double> idleDramBytesPerSecond(cupti::RangeProfilerBackend& counters,
                                                           workloads::GemmRunner& runner);

}  // namespace ridge::worker
