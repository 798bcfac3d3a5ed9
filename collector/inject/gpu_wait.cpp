// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/gpu_wait.hpp"

#include <fmt/format.h>

#include "db/model/error.hpp"

namespace ridge::inject {

void waitForGpu(const cupti::Driver& driver) {
    if (const CUresult result = driver.ctxSynchronize(); result != CUDA_SUCCESS) {
        throw Error(ExitCode::failed,
                    fmt::format("the GPU's work failed with CUDA error {}", static_cast<int>(result)),
                    "run the program without ridge");
    }
}

}  // namespace ridge::inject
