// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them: 34.1 µs, 696 GB/s, 149.7 TFLOP/s.
#pragma once

#include <string>
#include <string_view>

namespace ridge::cli {

/// `value` with a decimal prefix (k, M, G, T, P) and `digits` significant digits: (1.497e14, "FLOP/s", 4) is
/// "149.7 TFLOP/s". No digit is written that `digits` does not cover, none before the point is lost.
[[nodiscard]] std::string withPrefix(double value, std::string_view unit, int digits = 3);
/// Nanoseconds as ns, µs, ms or s.
[[nodiscard]] std::string duration(double nanoseconds, int digits = 3);
/// Seconds as a person waits for them: "50 ms", "34 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] std::string waiting(double seconds);
/// A plain number with `digits` significant digits: 0.992, 62.4, 2894.
[[nodiscard]] std::string plain(double value, int digits = 3);
/// "1 point", "343 points".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

}  // namespace ridge::cli
