// SPDX-License-Identifier: Apache-2.0
// A failed CUDA call: what failed where, whether this process can go on, and what the user can do.
#pragma once

#include <cuda_runtime_api.h>

#include <source_location>

#include "db/model/error.hpp"

namespace ridge::cuda {

/// Exit code `noGpu` where the machine has no usable device, `failed` for everything else.
class CudaError : public Error {
 public:
    CudaError(cudaError_t status, const std::source_location& where);

    [[nodiscard]] cudaError_t status() const noexcept { return m_status; }

 private:
    cudaError_t m_status;
};

/// True when the context is lost: every later call of this process fails with the same error.
[[nodiscard]] bool isSticky(cudaError_t status) noexcept;
/// True when there is no driver or no device to run on.
[[nodiscard]] bool meansNoDevice(cudaError_t status) noexcept;

/// Throws CudaError unless `status` is cudaSuccess.
void check(cudaError_t status, const std::source_location& where = std::source_location::current());

}  // namespace ridge::cuda
