// SPDX-License-Identifier: Apache-2.0
// Launches that a profiler must not treat like any other, with bytes that are known, and a check of what they
// computed.
#pragma once

#include <cstdint>

namespace ridge::test {

/// Launches of turnedSum, a cooperative kernel, on arrays of 2 GiB: five of them move. Throws ridge::Error
/// where the sum is not that of so many launches, CudaError.
void launchCooperatively(std::int64_t launches);

/// The primary context and a second one take turns: in each a copy of 2 GiB, in the NVTX range `first` or
/// `second`. Throws ridge::Error where a copy is not its original, CudaError.
void takeTurns(std::int64_t turns);

}  // namespace ridge::test
