// SPDX-License-Identifier: Apache-2.0
// What stands between a process and CUPTI's device functions, which end it with SIGSEGV where there is no
// driver.
#pragma once

#include <cuda.h>
#include <cupti_profiler_target.h>

#include <string>

#include "collector/cupti/api.hpp"
#include "collector/cupti/driver.hpp"
#include "db/model/error.hpp"

namespace ridge::cupti {

/// Outcome of the gate: the first step that failed, or `open`.
enum class GateStep { noDriver, driverRefused, noDevice, profilerRefused, deviceUnsupported, open };

struct Gate {
    GateStep step = GateStep::noDriver;
    ExitCode code = ExitCode::noGpu;  ///< what a measurement that needs the gate ends with
    std::string text, hint;           ///< empty when open
    CUdevice device = 0;              ///< valid when open
    CUresult driverStatus = CUDA_SUCCESS;
    CUptiResult cuptiStatus = CUPTI_SUCCESS;

    [[nodiscard]] bool isOpen() const noexcept { return step == GateStep::open; }
};

/// libcuda there -> cuInit -> the device exists -> cuptiProfilerInitialize, unless this process has done that
/// -> cuptiProfilerDeviceSupported, and no call after the first that fails. The profiler stays initialized
/// until the process ends. `driver` is nullptr where there is none. Any thread.
[[nodiscard]] Gate passGate(const Api& api, const Driver* driver, int device);

/// Throws ridge::Error with the gate's text, hint and code unless it is open; a CuptiError where CUPTI
/// refused.
void requireOpen(const Gate& gate);

}  // namespace ridge::cupti
