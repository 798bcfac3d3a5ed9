// SPDX-License-Identifier: Apache-2.0
// The two doors of libridge_inject.so, and its only visible symbols: the driver calls one when
// CUDA_INJECTION64_PATH names the library, NVTX the other when NVTX_INJECTION64_PATH does.
#include "collector/inject/injection.hpp"
#include "collector/inject/nvtx_hooks.hpp"

#define RIDGE_VISIBLE __attribute__((visibility("default")))

// NOLINTBEGIN(readability-identifier-naming): the driver's and NVTX's names
extern "C" {

/// Called once, in cuInit. Always success: the program runs, measured or not.
RIDGE_VISIBLE int InitializeInjection();
RIDGE_VISIBLE int InitializeInjection() {
    ridge::inject::startInjection();
    return 1;
}

/// Called by each library that uses NVTX, at its first NVTX call. 0 makes NVTX drop the library again.
RIDGE_VISIBLE int InitializeInjectionNvtx2(const void* (*exportTable)(unsigned int));
RIDGE_VISIBLE int InitializeInjectionNvtx2(const void* (*exportTable)(unsigned int)) {
    return ridge::inject::hookNvtx(exportTable) ? 1 : 0;
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
