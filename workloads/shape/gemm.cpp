// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/gemm.hpp"

namespace ridge::shape {
namespace {

/// Products of 64-bit dimensions overflow 64 bits long before they lose precision as doubles.
double product(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<double>(a) * static_cast<double>(b);
}

}  // namespace

double flops(const Gemm& gemm) noexcept {
    return 2 * product(gemm.m, gemm.n) * product(gemm.k, gemm.count);
}

double compulsoryElements(const Gemm& gemm) noexcept {
    const double ofEach = product(gemm.m, gemm.k) + product(gemm.m, gemm.n);
    const double shared = product(gemm.k, gemm.n) / static_cast<double>(gemm.sharing);
    return (ofEach + shared) * static_cast<double>(gemm.count);
}

}  // namespace ridge::shape
