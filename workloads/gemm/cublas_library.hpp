// SPDX-License-Identifier: Apache-2.0
// cuBLAS as an opened library, for those who take functions from it by name.
#pragma once

#include <dlfcn.h>

#include <string>

#include "db/model/error.hpp"

namespace ridge::workloads {

/// libcublas, and libcublasLt, which it brings along. Both stay open until the process ends: CUDA libraries
/// do not survive being closed. Throws ridge::Error (failed) as Cublas does.
[[nodiscard]] void* openCublas();
[[nodiscard]] void* openCublasLt();

/// Throws ridge::Error (failed) where the library has no such function.
template <class Function>
Function symbol(void* library, const char* name) {
    void* address = dlsym(library, name);
    if (address == nullptr) {
        throw Error(ExitCode::failed, std::string("the cuBLAS that was opened has no ") + name,
                    "name a cuBLAS 13 library in RIDGE_CUBLAS");
    }
    return reinterpret_cast<Function>(address);
}

}  // namespace ridge::workloads
