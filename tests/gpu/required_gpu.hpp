// SPDX-License-Identifier: Apache-2.0
// Whether a machine that cannot measure is a reason to skip a test, or, where RIDGE_REQUIRE_GPU=1 promises
// one, to fail it.
#pragma once

#include <cstdlib>
#include <cstring>

namespace ridge::tests {

inline bool gpuIsRequired() {
    const char* required = std::getenv("RIDGE_REQUIRE_GPU");
    return required != nullptr && std::strcmp(required, "1") == 0;
}

}  // namespace ridge::tests
