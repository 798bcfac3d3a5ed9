// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/units.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ridge::cli {

std::string plain(double value, int digits) {
    if (value == 0 || !std::isfinite(value)) return fmt::format("{}", value);
    // Rounded first: 999.7 has three digits before the point, but reads 1000.
    const double unit = std::pow(10.0, std::floor(std::log10(std::abs(value))) - (digits - 1));
    const double rounded = unit < 1 ? std::round(value / unit) * unit : value;
    const int before = static_cast<int>(std::floor(std::log10(std::abs(rounded)) + 1e-9)) + 1;
    return fmt::format("{:.{}f}", value, std::max(0, digits - before));
}

std::string withPrefix(double value, std::string_view unit, int digits) {
    constexpr std::array<std::string_view, 6> prefixes{"", "k", "M", "G", "T", "P"};
    std::size_t step = 0;
    // 0.9995: what rounds to 1000 of one unit is 1.00 of the next.
    const double limit = 1000 - 0.5 * std::pow(10.0, 3 - digits);
    while (std::abs(value) >= limit && step + 1 < prefixes.size()) {
        value /= 1000;
        ++step;
    }
    return fmt::format("{} {}{}", plain(value, digits), prefixes[step], unit);
}

std::string duration(double nanoseconds, int digits) {
    if (nanoseconds >= 999.5e6) return plain(nanoseconds / 1e9, digits) + " s";
    if (nanoseconds >= 999.5e3) return plain(nanoseconds / 1e6, digits) + " ms";
    if (nanoseconds >= 999.5) return plain(nanoseconds / 1e3, digits) + " µs";
    return plain(nanoseconds, digits) + " ns";
}

std::string waiting(double seconds) {
    if (seconds < 0.0995) return fmt::format("{:.0f} ms", seconds * 1e3);
    if (seconds < 9.95) return fmt::format("{:.{}f} s", seconds, seconds < 0.995 ? 2 : 1);
    const auto whole = static_cast<long>(std::lround(seconds));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string counted(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace ridge::cli
