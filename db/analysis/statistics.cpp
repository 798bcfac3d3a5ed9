// SPDX-License-Identifier: Apache-2.0
#include "db/analysis/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace ridge::analysis {
namespace {

std::vector<double> sorted(std::span<const double> values) {
    std::vector<double> copy(values.begin(), values.end());
    std::sort(copy.begin(), copy.end());
    return copy;
}

/// Type 7 of Hyndman and Fan; `ordered` is not empty.
double quantile(const std::vector<double>& ordered, double p) {
    const double position = static_cast<double>(ordered.size() - 1) * p;
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, ordered.size() - 1);
    const double fraction = position - static_cast<double>(below);
    return ordered[below] + fraction * (ordered[above] - ordered[below]);
}

/// P(Bin(n, 1/2) = k), by logarithms: 2^-n alone underflows from n = 1075 on.
double binomialHalf(std::size_t n, std::size_t k) {
    const auto count = static_cast<double>(n);
    const auto hits = static_cast<double>(k);
    return std::exp(std::lgamma(count + 1) - std::lgamma(hits + 1) - std::lgamma(count - hits + 1) -
                    count * std::log(2.0));
}

}  // namespace

std::optional<double> median(std::span<const double> values) {
    if (values.empty()) return std::nullopt;
    return quantile(sorted(values), 0.5);
}

std::optional<Interval> medianInterval95(std::span<const double> values) {
    constexpr double tail = 0.025;
    const std::size_t n = values.size();
    std::size_t rank = 0;  // l, from 1; 0: not even the extremes reach 95 %
    double below = 0;      // P(Bin(n, 1/2) < rank + 1)
    while (rank < n / 2) {
        below += binomialHalf(n, rank);
        if (below > tail) break;
        ++rank;
    }
    if (rank == 0) return std::nullopt;
    const std::vector<double> ordered = sorted(values);
    return Interval{ordered[rank - 1], ordered[n - rank]};
}

std::optional<double> relativeSpread(std::span<const double> values) {
    if (values.empty()) return std::nullopt;
    const std::vector<double> ordered = sorted(values);
    const double middle = quantile(ordered, 0.5);
    if (middle == 0) return std::nullopt;
    return (quantile(ordered, 0.75) - quantile(ordered, 0.25)) / middle;
}

}  // namespace ridge::analysis
