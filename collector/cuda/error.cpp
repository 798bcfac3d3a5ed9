// SPDX-License-Identifier: Apache-2.0
#include "collector/cuda/error.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>

namespace ridge::cuda {
namespace {

/// One status stands for both: no driver at all, and one that is too old.
std::string driverText() {
    int supported = 0;
    static_cast<void>(cudaDriverGetVersion(&supported));
    if (supported == 0) return "no NVIDIA driver is loaded";
    return fmt::format("the NVIDIA driver is for CUDA {}.{}, this program needs {}.{}", supported / 1000,
                       supported % 1000 / 10, CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10);
}

std::string textOf(cudaError_t status, const std::source_location& where) {
    if (status == cudaErrorInsufficientDriver) return "no usable GPU: " + driverText();
    if (meansNoDevice(status)) return fmt::format("no usable GPU: {}", cudaGetErrorString(status));
    return fmt::format("CUDA error {} ({}) at {}:{}: {}", static_cast<int>(status), cudaGetErrorName(status),
                       std::filesystem::path(where.file_name()).filename().string(), where.line(),
                       cudaGetErrorString(status));
}

std::string hintOf(cudaError_t status) {
    if (status == cudaErrorInsufficientDriver || status == cudaErrorStubLibrary) {
        return "install NVIDIA's driver R580 or newer (CUDA 13 needs it), or model a device: ridge collect "
               "PLAN "
               "--model NAME";
    }
    if (meansNoDevice(status)) {
        return "'ridge doctor' looks into it; look at CUDA_VISIBLE_DEVICES, or model a device: ridge collect "
               "PLAN "
               "--model NAME";
    }
    if (status == cudaErrorMemoryAllocation) {
        return "free device memory ('ridge doctor' names who holds it) or measure a smaller point";
    }
    if (isSticky(status)) return "the worker is restarted and the next point measured; run 'ridge doctor'";
    return "run 'ridge doctor'";
}

}  // namespace

CudaError::CudaError(cudaError_t status, const std::source_location& where)
    : Error(meansNoDevice(status) ? ExitCode::noGpu : ExitCode::failed, textOf(status, where),
            hintOf(status)),
      m_status(status) {}

bool isSticky(cudaError_t status) noexcept {
    switch (status) {
        case cudaErrorIllegalAddress:
        case cudaErrorLaunchTimeout:
        case cudaErrorContextIsDestroyed:
        case cudaErrorAssert:
        case cudaErrorHardwareStackError:
        case cudaErrorIllegalInstruction:
        case cudaErrorMisalignedAddress:
        case cudaErrorInvalidAddressSpace:
        case cudaErrorInvalidPc:
        case cudaErrorLaunchFailure:
        case cudaErrorTensorMemoryLeak:
        case cudaErrorECCUncorrectable:
        case cudaErrorNvlinkUncorrectable:
        case cudaErrorContained:
        case cudaErrorExternalDevice:
        case cudaErrorMpsClientTerminated:
        case cudaErrorUnknown:
            return true;
        default:
            return false;
    }
}

bool meansNoDevice(cudaError_t status) noexcept {
    switch (status) {
        case cudaErrorInsufficientDriver:
        case cudaErrorStubLibrary:
        case cudaErrorNoDevice:
        case cudaErrorDevicesUnavailable:
        case cudaErrorDeviceNotLicensed:
        case cudaErrorInitializationError:
        case cudaErrorSystemNotReady:
        case cudaErrorSystemDriverMismatch:
        case cudaErrorCompatNotSupportedOnDevice:
            return true;
        default:
            return false;
    }
}

void check(cudaError_t status, const std::source_location& where) {
    if (status != cudaSuccess) throw CudaError(status, where);
}

}  // namespace ridge::cuda
