// SPDX-License-Identifier: Apache-2.0
// Waits until the GPU has nothing of the program's left to do.
#pragma once

#include "collector/cupti/driver.hpp"

namespace ridge::inject {

/// Returns when all work of the current context, of every stream, has ended. Throws ridge::Error (failed)
/// with the driver's answer where it failed.
void waitForGpu(const cupti::Driver& driver);

}  // namespace ridge::inject
