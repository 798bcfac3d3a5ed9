// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/gate.hpp"

#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "collector/cupti/error.hpp"
#include "collector/cupti/toolkit.hpp"

namespace ridge::cupti {
namespace {

constexpr const char* modelInstead = "or model a device: ridge collect PLAN --model NAME";

Gate stopped(GateStep step, ExitCode code, std::string text, std::string hint) {
    Gate gate;
    gate.step = step;
    gate.code = code;
    gate.text = std::move(text);
    gate.hint = std::move(hint);
    return gate;
}

Gate refusedByDriver(CUresult status, const char* call) {
    std::string text = fmt::format("no usable GPU: {} gives error {}", call, static_cast<int>(status));
    std::string hint =
        fmt::format("'ridge doctor' looks into it; look at CUDA_VISIBLE_DEVICES, {}", modelInstead);
    if (status == CUDA_ERROR_NO_DEVICE) text = "no usable GPU: the driver finds none";
    if (status == CUDA_ERROR_SYSTEM_DRIVER_MISMATCH) {
        text = "no usable GPU: the kernel module and libcuda are of different releases";
        hint = "reboot, or reload the nvidia modules";
    }
    if (status == CUDA_ERROR_SYSTEM_NOT_READY) {
        text = "no usable GPU: the NVLink switches are not ready";
        hint =
            "start the fabric manager, in the driver's very release: 'systemctl start nvidia-fabricmanager'";
    }
    Gate gate = stopped(status == CUDA_ERROR_NO_DEVICE ? GateStep::noDevice : GateStep::driverRefused,
                        ExitCode::noGpu, std::move(text), std::move(hint));
    gate.driverStatus = status;
    return gate;
}

Gate refusedByCupti(CUptiResult status) {
    const Translation reason = translate(status);
    Gate gate = stopped(GateStep::profilerRefused, reason.code, reason.text, reason.hint);
    gate.cuptiStatus = status;
    return gate;
}

/// The first of DeviceSupported's findings that rules profiling out. What CUPTI left undecided (UNKNOWN)
/// rules out nothing: a physical GPU must not be called virtual because something else stopped the check.
CUptiResult reasonOf(const CUpti_Profiler_DeviceSupported_Params& found) {
    const auto no = CUPTI_PROFILER_CONFIGURATION_UNSUPPORTED;
    const auto off = CUPTI_PROFILER_CONFIGURATION_DISABLED;
    const auto ruledOut = [&](CUpti_Profiler_Support_Level level) { return level == no || level == off; };
    if (ruledOut(found.architecture)) return CUPTI_ERROR_NOT_SUPPORTED;
    if (found.vGpu == off) return CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES;
    if (found.vGpu == no) return CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED;
    if (ruledOut(found.confidentialCompute)) return CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED;
    if (ruledOut(found.cmp)) return CUPTI_ERROR_CMP_DEVICE_NOT_SUPPORTED;
    if (ruledOut(found.sli)) return CUPTI_ERROR_SLI_DEVICE_NOT_SUPPORTED;
    if (ruledOut(found.wsl)) return CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED;
    return CUPTI_ERROR_NOT_SUPPORTED;
}

Gate unsupported(const CUpti_Profiler_DeviceSupported_Params& found) {
    Gate gate = refusedByCupti(reasonOf(found));
    gate.step = GateStep::deviceUnsupported;
    if (found.architecture == CUPTI_PROFILER_CONFIGURATION_UNSUPPORTED) {
        gate.text = fmt::format("CUPTI {} reads no counters of GPUs this old", cudaMajor);
        gate.hint =
            "use Turing (compute capability 7.5) or newer; 'ridge collect --metrics none' measures time "
            "alone";
    }
    return gate;
}

/// Once a process, and for all of its devices. cuptiProfilerDeInitialize has no place: it would take CUPTI
/// from under a session on another device, and what it would give back at the end goes with the process.
CUptiResult initializeProfiler(const Api& api) {
    const std::lock_guard lock(api.profiler->mutex);
    if (api.profiler->isInitialized) return CUPTI_SUCCESS;
    CUpti_Profiler_Initialize_Params params{.structSize = CUpti_Profiler_Initialize_Params_STRUCT_SIZE,
                                            .pPriv = nullptr};
    const CUptiResult status = api.profilerInitialize(&params);
    api.profiler->isInitialized = status == CUPTI_SUCCESS;
    return status;
}

Gate passDriver(const Driver* driver, int device) {
    if (driver == nullptr) {
        return stopped(GateStep::noDriver, ExitCode::noGpu, "no usable GPU: libcuda.so.1 is not there",
                       fmt::format("install NVIDIA's driver R580 or newer, {}", modelInstead));
    }
    if (const CUresult status = driver->init(0); status != CUDA_SUCCESS)
        return refusedByDriver(status, "cuInit");
    int count = 0;
    if (const CUresult status = driver->deviceGetCount(&count); status != CUDA_SUCCESS) {
        return refusedByDriver(status, "cuDeviceGetCount");
    }
    if (device < 0 || device >= count) {
        return stopped(GateStep::noDevice, ExitCode::noGpu,
                       fmt::format("no GPU {}: the driver finds {}", device, count),
                       fmt::format("look at CUDA_VISIBLE_DEVICES, {}", modelInstead));
    }
    Gate gate;
    if (const CUresult status = driver->deviceGet(&gate.device, device); status != CUDA_SUCCESS) {
        return refusedByDriver(status, "cuDeviceGet");
    }
    gate.step = GateStep::open;
    return gate;
}

}  // namespace

Gate passGate(const Api& api, const Driver* driver, int device) {
    Gate gate = passDriver(driver, device);
    if (!gate.isOpen()) return gate;
    if (const CUptiResult status = initializeProfiler(api); status != CUPTI_SUCCESS) {
        return refusedByCupti(status);
    }
    CUpti_Profiler_DeviceSupported_Params supported{};
    supported.structSize = CUpti_Profiler_DeviceSupported_Params_STRUCT_SIZE;
    supported.cuDevice = gate.device;
    supported.api = CUPTI_PROFILER_RANGE_PROFILING;
    const CUptiResult status = api.deviceSupported(&supported);
    if (status == CUPTI_SUCCESS && supported.isSupported == CUPTI_PROFILER_CONFIGURATION_SUPPORTED)
        return gate;
    return status != CUPTI_SUCCESS ? refusedByCupti(status) : unsupported(supported);
}

void requireOpen(const Gate& gate) {
    if (gate.isOpen()) return;
    const Error error(gate.code, gate.text, gate.hint);
    if (gate.cuptiStatus != CUPTI_SUCCESS) throw CuptiError(gate.cuptiStatus, error);
    throw error;
}

}  // namespace ridge::cupti
