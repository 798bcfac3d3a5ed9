// SPDX-License-Identifier: Apache-2.0
// A measured roof against the data sheet's: the share of it, and whether physics allow it.
#pragma once

#include <optional>
#include <span>

#include "db/model/device.hpp"

namespace ridge::analysis {

/// The data sheet's roof that `measured` is held against: that of its name; for every DRAM pattern the one of
/// DRAM. nullptr where the sheet has none.
[[nodiscard]] const db::Ceiling* datasheetOf(std::span<const db::Ceiling> datasheet,
                                             const db::Ceiling& measured);

/// Measured value / datasheet value, dimensionless.
[[nodiscard]] double ofDatasheet(const db::Ceiling& datasheet, const db::Ceiling& measured);

/// The largest value that can be true, in the ceiling's unit: the datasheet's, for compute scaled by SM clock
/// seen / SM clock it holds at (1 where either is unknown), and 1 % for the error of clock and time.
[[nodiscard]] double theoreticalLimit(const db::Ceiling& datasheet, const db::Ceiling& measured);

}  // namespace ridge::analysis
