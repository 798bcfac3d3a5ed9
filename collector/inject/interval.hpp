// SPDX-License-Identifier: Apache-2.0
// When something ran, on the clock that all processes of a machine share.
#pragma once

#include <cstdint>

namespace ridge::inject {

/// Nanoseconds of CLOCK_MONOTONIC.
struct Interval {
    std::int64_t beginNs = 0, endNs = 0;
};

/// Now, on that clock.
[[nodiscard]] std::int64_t monotonicNs() noexcept;

}  // namespace ridge::inject
