// SPDX-License-Identifier: Apache-2.0
// What CUPTI says of a device, and the values of one range by name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"
#include "collector/cupti/counter_backend.hpp"
#include "collector/cupti/driver.hpp"

namespace ridge::cupti {

/// CUPTI's name of the chip of device `ordinal`: "GH100". Behind an open gate only. Throws CuptiError.
[[nodiscard]] std::string chipOf(const Api& api, int ordinal);

/// The same for who reads no counters: empty where the gate is shut or CUPTI does not tell.
[[nodiscard]] std::string chipAlone(const Api& api, const Driver* driver, int ordinal);

/// What the device of `context`, which must be current, can count in its present state (vGPU, MIG and other
/// tools take counters away). Behind an open gate only. Throws CuptiError.
[[nodiscard]] std::vector<std::uint8_t> availabilityOf(const Api& api, CUcontext context);

/// Values in the order of `metrics`; a NaN is refused, by name.
void addValues(CounterReading& reading, const std::vector<std::string>& metrics,
               const std::vector<double>& values);

}  // namespace ridge::cupti
