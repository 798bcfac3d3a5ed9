// SPDX-License-Identifier: GPL-3.0-or-later
// Where a logarithmic axis has its ticks and what they say; no GUI code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ridge::gui {

/// si: 1k, 10G, 1000T (never beyond T, as published); base 2: 64Ki. power: 10¹¹. plain: 8192.
enum class TickStyle { si, power, plain };

/// The style of a figure's `suffixes`: si, power; anything else is plain.
[[nodiscard]] TickStyle tickStyle(std::string_view suffixes) noexcept;

struct Tick {
    double position = 0;  ///< log10 of the shown value
    std::string label;    ///< UTF-8, empty for minor ticks
    [[nodiscard]] bool major() const noexcept { return !label.empty(); }
};

/// Ticks from `low` to `high` (log10 of the shown values, both ends included), in ascending order. At most
/// about `maxLabels` labels: every decade (or power of two) where there is room, every second or third
/// otherwise; 1, 2, 5 within two decades; linear 1/2/5 steps below one decade.
[[nodiscard]] std::vector<Tick> logTicks(double low, double high, int base, TickStyle style, int maxLabels);

/// One value as a tick would say it, with at most 6 significant digits.
[[nodiscard]] std::string tickText(double value, int base, TickStyle style);

}  // namespace ridge::gui
