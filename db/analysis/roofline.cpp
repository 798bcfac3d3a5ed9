// SPDX-License-Identifier: Apache-2.0
#include "db/analysis/roofline.hpp"

#include <algorithm>

namespace ridge::analysis {

double ridgePoint(const Roof& roof) noexcept {
    return roof.peakFlopsPerS / roof.bytesPerS;
}

double attainableFlopsPerS(const Roof& roof, double intensity) noexcept {
    return std::min(roof.peakFlopsPerS, intensity * roof.bytesPerS);
}

double attainableTimeNs(const Roof& roof, double flops, double bytes) noexcept {
    return std::max(flops / roof.peakFlopsPerS, bytes / roof.bytesPerS) * 1e9;
}

bool memoryBound(const Roof& roof, double intensity) noexcept {
    return intensity * roof.bytesPerS < roof.peakFlopsPerS;
}

}  // namespace ridge::analysis
