// SPDX-License-Identifier: Apache-2.0
// Empties the L2 before something is measured in a foreign program.
#pragma once

#include <cuda.h>

#include "collector/cupti/driver.hpp"

namespace ridge::inject {

enum class Flushed {
    no,     ///< there is no memory for it
    dirty,  ///< the driver takes no kernel of ours: what was written to evict may reach DRAM in what follows
    yes,
};

/// With the context current and idle. Writes twice the L2, so that nothing of the program's stays, and reads
/// as much elsewhere, so that the dirty lines of the write reach DRAM before what is measured next; waits for
/// both. `reader` is the context's own, nullptr until the first time.
[[nodiscard]] Flushed flushCaches(const cupti::Driver& driver, int ordinal, CUfunction& reader) noexcept;

/// What people are to know of it; nullptr where nothing.
[[nodiscard]] const char* noteOf(Flushed flushed) noexcept;

}  // namespace ridge::inject
