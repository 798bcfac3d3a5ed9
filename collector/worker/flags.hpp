// SPDX-License-Identifier: Apache-2.0
// The remarks that a measured point carries, decided from its own numbers; pure.
#pragma once

#include <string>

#include "db/model/point.hpp"

namespace ridge::worker {

/// The planned flags of `point` with those its numbers call for:
/// - under_20us: one execution is shorter, so ratios between passes are unreliable
/// - multi_pass: its counters come from more than one pass
/// - padded: executed FLOPs are more than 5 % above the algorithmic ones (an epilogue adds about 2 / K)
/// - l2_resident: DRAM bytes are below 90 % of the compulsory ones
/// A flag whose numbers are absent is not set.
[[nodiscard]] std::string flagsOf(const db::Point& point);

}  // namespace ridge::worker
