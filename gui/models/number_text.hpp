// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as people read them: three significant digits, decimal prefixes, always the same text in every
// locale.
#pragma once

#include <QString>

namespace ridge::gui {

/// "1.94 TFLOP/s", "696 GB/s", "15.9 FLOP/B"; decimal prefixes above 1000, none below. `digits` are
/// significant ones.
[[nodiscard]] QString siText(double value, const QString& unit, int digits = 3);
/// Three significant digits without exponent or prefix: "62.4", "0.985", "2894".
[[nodiscard]] QString plainText(double value, int digits = 3);
/// "812 ns", "12.3 µs", "4.56 ms", "1.2 s".
[[nodiscard]] QString timeText(double nanoseconds);
/// "1.2 to 1.4 µs": an interval in one unit.
[[nodiscard]] QString timeRangeText(double lowNs, double highNs);

}  // namespace ridge::gui
