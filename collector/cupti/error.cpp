// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/error.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "collector/cupti/toolkit.hpp"

namespace ridge::cupti {
namespace {

/// CUPTI_ERROR_INVALID_CHIP_NAME, which headers have from CUPTI 13.0 on.
constexpr auto invalidChipName = static_cast<CUptiResult>(46);

constexpr const char* timeOnly = "'ridge collect --metrics none' measures time alone";

Translation denied(const std::string& text, const std::string& hint) {
    return {ExitCode::notPermitted, text, fmt::format("{}; {}", hint, timeOnly), true};
}

std::string textAt(CUptiResult result, const std::source_location& where) {
    const Translation translation = translate(result);
    if (translation.known) return translation.text;
    return fmt::format("{} at {}:{}", translation.text,
                       std::filesystem::path(where.file_name()).filename().string(), where.line());
}

}  // namespace

std::string_view nameOf(CUptiResult result) noexcept {
    if (result == invalidChipName) return "CUPTI_ERROR_INVALID_CHIP_NAME";
    switch (result) {
        case CUPTI_ERROR_INVALID_PARAMETER:
            return "CUPTI_ERROR_INVALID_PARAMETER";
        case CUPTI_ERROR_INVALID_DEVICE:
            return "CUPTI_ERROR_INVALID_DEVICE";
        case CUPTI_ERROR_INVALID_CONTEXT:
            return "CUPTI_ERROR_INVALID_CONTEXT";
        case CUPTI_ERROR_INVALID_OPERATION:
            return "CUPTI_ERROR_INVALID_OPERATION";
        case CUPTI_ERROR_OUT_OF_MEMORY:
            return "CUPTI_ERROR_OUT_OF_MEMORY";
        case CUPTI_ERROR_HARDWARE:
            return "CUPTI_ERROR_HARDWARE";
        case CUPTI_ERROR_NOT_INITIALIZED:
            return "CUPTI_ERROR_NOT_INITIALIZED";
        case CUPTI_ERROR_INVALID_METRIC_NAME:
            return "CUPTI_ERROR_INVALID_METRIC_NAME";
        case CUPTI_ERROR_DISABLED:
            return "CUPTI_ERROR_DISABLED";
        case CUPTI_ERROR_HARDWARE_BUSY:
            return "CUPTI_ERROR_HARDWARE_BUSY";
        case CUPTI_ERROR_NOT_SUPPORTED:
            return "CUPTI_ERROR_NOT_SUPPORTED";
        case CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED:
            return "CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED";
        case CUPTI_ERROR_INSUFFICIENT_PRIVILEGES:
            return "CUPTI_ERROR_INSUFFICIENT_PRIVILEGES";
        case CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED:
            return "CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED";
        case CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES:
            return "CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES";
        case CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED:
            return "CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED";
        case CUPTI_ERROR_CMP_DEVICE_NOT_SUPPORTED:
            return "CUPTI_ERROR_CMP_DEVICE_NOT_SUPPORTED";
        case CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED:
            return "CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED";
        case CUPTI_ERROR_SLI_DEVICE_NOT_SUPPORTED:
            return "CUPTI_ERROR_SLI_DEVICE_NOT_SUPPORTED";
        case CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED:
            return "CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED";
        case CUPTI_ERROR_UNKNOWN:
            return "CUPTI_ERROR_UNKNOWN";
        default:
            return {};
    }
}

Translation translate(CUptiResult result) {
    switch (result) {
        case CUPTI_ERROR_INSUFFICIENT_PRIVILEGES:
            return denied("the GPU's counters are for administrators only on this machine",
                          "run as root or with CAP_SYS_ADMIN (CAP_PERFMON from driver R565); in a container "
                          "'--cap-add=SYS_ADMIN'; for everybody, on the host: 'options nvidia "
                          "NVreg_RestrictProfilingToAdminUsers=0' in /etc/modprobe.d, then reboot");
        case CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES:
            return denied("the hypervisor does not allow profiling on this virtual GPU",
                          "ask its administrator to enable profiling for the vGPU");
        case CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED:
            return denied("this virtual GPU has no counters", "use a passed-through or bare-metal GPU");
        case CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED:
            return denied("confidential computing is on, which closes the counters",
                          "turn confidential computing off for this GPU");
        case CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED:
            return denied("this MIG instance has no counters of its own",
                          "use a compute instance that owns its GPU instance whole, or turn MIG off");
        case CUPTI_ERROR_CMP_DEVICE_NOT_SUPPORTED:
        case CUPTI_ERROR_SLI_DEVICE_NOT_SUPPORTED:
        case CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED:
        case CUPTI_ERROR_NOT_SUPPORTED:
            return denied(fmt::format("CUPTI does not read counters on this device ({})", nameOf(result)),
                          "mining cards, SLI groups and older WSL drivers have none");
        case CUPTI_ERROR_HARDWARE_BUSY:
            return {
                ExitCode::failed, "another program holds the GPU's counters",
                "DCGM: 'dcgmi profile --pause', later '--resume'; else end the ncu, nsys or exporter that "
                "measures this GPU ('ridge doctor' names candidates)"};
        case CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED:
        case CUPTI_ERROR_DISABLED:  // "due to conflicts with other enabled profilers"
        case CUPTI_ERROR_OLD_PROFILER_API_INITIALIZED:
            return {ExitCode::failed, "another tool has already attached to CUPTI in this process",
                    "run without torch.profiler, nsys, ncu and cuda-gdb: CUPTI serves one tool a process"};
        case CUPTI_ERROR_INVALID_DEVICE:
        case CUPTI_ERROR_NOT_INITIALIZED:
            return {ExitCode::noGpu, fmt::format("CUPTI finds no usable GPU ({})", nameOf(result)),
                    neededDriver() + "; 'ridge doctor' looks into it"};
        default:
            return {ExitCode::failed,
                    fmt::format("CUPTI error {}{}", static_cast<int>(result),
                                nameOf(result).empty() ? "" : fmt::format(" ({})", nameOf(result))),
                    "run 'ridge doctor'; " + neededDriver(), false};
    }
}

CuptiError::CuptiError(CUptiResult result, const std::source_location& where)
    : Error(translate(result).code, textAt(result, where), translate(result).hint), m_result(result) {}

void check(CUptiResult result, const std::source_location& where) {
    if (result != CUPTI_SUCCESS) throw CuptiError(result, where);
}

}  // namespace ridge::cupti
