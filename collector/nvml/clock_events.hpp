// SPDX-License-Identifier: Apache-2.0
// What holds a GPU's clocks below their highest, from NVML's bit mask; pure.
#pragma once

#include <cstdint>
#include <string>

namespace ridge::nvml {

/// "sw_power_cap,hw_thermal": one name a bit, lowest bit first; a bit without a name as "bit_9". Empty for 0.
/// Bits: nvmlClocksEventReasons of the NVML API Reference Guide.
[[nodiscard]] std::string clockEventText(std::uint64_t reasons);

/// True when a bit other than `idle` and `applications_clock` is set: something slows down work that runs.
[[nodiscard]] bool isThrottling(std::uint64_t reasons) noexcept;

}  // namespace ridge::nvml
