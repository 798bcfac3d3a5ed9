// SPDX-License-Identifier: Apache-2.0
// The roofline model: attainable performance from a compute peak, a bandwidth and an intensity.
#pragma once

namespace ridge::analysis {

/// P in FLOP/s (op/s for integer paths), B in byte/s. Williams, Waterman, Patterson 2009 (CACM 52:4).
struct Roof {
    double peakFlopsPerS = 0;
    double bytesPerS = 0;
};

/// FLOP/byte at which the memory slope meets the compute ceiling: P / B.
[[nodiscard]] double ridgePoint(const Roof& roof) noexcept;
/// min(P, I*B) in FLOP/s for an intensity I in FLOP/byte.
[[nodiscard]] double attainableFlopsPerS(const Roof& roof, double intensity) noexcept;
/// max(F/P, Q/B) in nanoseconds for F FLOPs and Q bytes: the shortest time the roof allows.
[[nodiscard]] double attainableTimeNs(const Roof& roof, double flops, double bytes) noexcept;
/// True where the slope, not the ceiling, limits: I*B < P.
[[nodiscard]] bool memoryBound(const Roof& roof, double intensity) noexcept;

}  // namespace ridge::analysis
