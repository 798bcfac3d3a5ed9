// SPDX-License-Identifier: Apache-2.0
// The device a worker measures on: chosen, described as the driver reports it, with its free memory.
#pragma once

#include <cstddef>
#include <string>

#include "db/model/device.hpp"

namespace ridge::cuda {

/// Makes device `ordinal` current. Throws CudaError (noGpu) where there is no driver or no device,
/// ridge::Error (usage) when there are fewer devices.
void useDevice(int ordinal);

/// Everything but the chip name, which is CUPTI's. Throws CudaError.
[[nodiscard]] db::Device describeDevice(int ordinal);

/// "0000:3B:00.0", domain, bus and device, as NVML takes it. Throws CudaError.
[[nodiscard]] std::string pciBusId(int ordinal);

/// Free memory of the current device, less what cuBLAS, CUPTI and the driver will want of it.
[[nodiscard]] std::size_t usableBytes();
[[nodiscard]] std::size_t l2Bytes(int ordinal);

/// The driver's release ("580.65.06"), else the CUDA version it supports ("CUDA 13.0"); empty without a
/// driver.
[[nodiscard]] std::string driverVersion();
/// The CUDA runtime this program was linked with, "13.0".
[[nodiscard]] std::string runtimeVersion();

}  // namespace ridge::cuda
