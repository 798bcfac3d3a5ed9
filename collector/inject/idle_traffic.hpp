// SPDX-License-Identifier: Apache-2.0
// The DRAM traffic of a GPU while the foreign program that is measured on it moves nothing.
#pragma once

#include <optional>

#include "collector/cupti/driver.hpp"
#include "collector/inject/device_counters.hpp"
#include "collector/inject/profiler_slot.hpp"

namespace ridge::inject {

/// Bytes a second, counted at the first call for a device while a kernel of ours that touches no memory runs
/// for 10 ms; nullopt where that cannot be had, which people are told. A user range, because whether CUPTI
/// replays a launch that a callback issues is not documented. With the context current and idle, by whoever
/// has the slot's turn; the slot's session is gone after that first call.
[[nodiscard]] std::optional<double> idleDram(const cupti::Driver& driver, ProfilerSlot& slot,
                                             Context& context, DeviceCounters& counters) noexcept;

}  // namespace ridge::inject
