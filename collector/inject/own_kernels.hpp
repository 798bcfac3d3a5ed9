// SPDX-License-Identifier: Apache-2.0
// The kernels that are launched in a foreign program besides its own.
#pragma once

#include <cuda.h>

#include "collector/cupti/driver.hpp"

namespace ridge::inject {

inline constexpr const char* nothingKernel = "ridge_nothing";  ///< (): does nothing
/// (CUdeviceptr from, unsigned chunks): reads `chunks` times 16 bytes, in a grid of one dimension.
inline constexpr const char* readKernel = "ridge_read";
/// (std::uint64_t ns): ends so many nanoseconds after it began; touches no memory.
inline constexpr const char* waitKernel = "ridge_wait";

/// One of them in the context that is current, where it stays; nullptr where the driver takes none.
[[nodiscard]] CUfunction ownKernel(const cupti::Driver& driver, const char* name) noexcept;

}  // namespace ridge::inject
