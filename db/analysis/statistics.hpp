// SPDX-License-Identifier: Apache-2.0
// Order statistics of repeated timings: the median, its confidence interval and the spread.
#pragma once

#include <optional>
#include <span>

namespace ridge::analysis {

struct Interval {
    double low = 0, high = 0;
};

/// The middle value, or the mean of the two middle ones; nullopt of nothing. Values must be finite.
[[nodiscard]] std::optional<double> median(std::span<const double> values);

/// Distribution-free interval that holds the median of the population with at least 95 % confidence, between
/// two order statistics symmetric about the middle: the narrowest [x(l), x(n+1-l)] with
/// 1 - 2 P(Bin(n, 1/2) < l) >= 0.95. nullopt below six values, where no interval reaches 95 %.
/// David and Nagaraja, Order Statistics, 3rd edition (2003), section 7.1.
[[nodiscard]] std::optional<Interval> medianInterval95(std::span<const double> values);

/// (q75 - q25) / median, dimensionless, with quartiles interpolated linearly between order statistics (type 7
/// of Hyndman and Fan, The American Statistician 50:4, 1996). nullopt of nothing or where the median is zero.
[[nodiscard]] std::optional<double> relativeSpread(std::span<const double> values);

}  // namespace ridge::analysis
