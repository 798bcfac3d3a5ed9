// SPDX-License-Identifier: Apache-2.0
// How much work a load kernel gets on a device, and the bytes and FLOPs that this is; no CUDA.
#pragma once

#include <cstddef>

#include "workloads/ceilings/load_kernels.hpp"

namespace ridge::workloads {

/// Arrays that a pattern touches, and bytes it moves between SM and DRAM when each is `bytes` long.
[[nodiscard]] std::size_t arraysOf(StreamKind kind) noexcept;
[[nodiscard]] double streamTraffic(StreamKind kind, std::size_t bytes) noexcept;

/// Bytes of each array: the larger of 1 GiB and 64 times the L2 (so that what an L2 keeps is under 1 % of a
/// copy), at most half of `usableBytes` for all arrays together, a multiple of tileBytes. Throws ridge::Error
/// (failed) where not even 8 times the L2 fits.
[[nodiscard]] std::size_t streamBytes(StreamKind kind, std::size_t l2Bytes, std::size_t usableBytes);

/// A quarter of the L2, read again and again until 4 GiB have been read.
struct L2Load {
    std::size_t bytes = 0;
    int chunksEach = 0;  ///< a thread
    double traffic = 0;  ///< bytes in all
};
[[nodiscard]] L2Load l2Load(std::size_t l2Bytes, unsigned blocks) noexcept;

/// Iterations that keep every GPU since 2020 busy for at least 0.3 ms and none for longer than 50 ms.
[[nodiscard]] int iterationsOf(ChainType type) noexcept;
[[nodiscard]] int iterationsOf(MmaType type) noexcept;

/// FLOPs (int8: operations) of a launch: 2 a multiply-add, half2 4.
[[nodiscard]] double chainFlops(ChainType type, int iterations, unsigned blocks) noexcept;
/// Those of the threads whose predicate is true.
[[nodiscard]] double predicatedFlops(int iterations, unsigned lanes, unsigned blocks) noexcept;
[[nodiscard]] double mmaFlops(MmaType type, int iterations, unsigned blocks) noexcept;

}  // namespace ridge::workloads
