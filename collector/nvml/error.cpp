// SPDX-License-Identifier: Apache-2.0
#include "collector/nvml/error.hpp"

#include <fmt/core.h>

namespace ridge::nvml {
namespace {

ExitCode codeOf(Status status) {
    switch (status) {
        case Status::noPermission:
            return ExitCode::notPermitted;
        case Status::driverNotLoaded:
            return ExitCode::noGpu;
        default:
            return ExitCode::failed;
    }
}

std::string hintOf(Status status) {
    switch (status) {
        case Status::noPermission:
            return "run as root";
        case Status::driverNotLoaded:
            return "load the driver ('modprobe nvidia'), or look at 'dmesg' for why it does not load";
        case Status::versionMismatch:
            return "the driver was updated under a loaded kernel module: reboot, or reload it";
        case Status::gpuIsLost:
        case Status::resetRequired:
            return "the GPU needs a reset or a reboot; 'dmesg' names the Xid";
        case Status::notSupported:
            return "this GPU or its virtualisation does not offer it";
        default:
            return "run 'ridge doctor'";
    }
}

}  // namespace

NvmlError::NvmlError(const Api& api, Status status, const std::string& what)
    : Error(codeOf(status),
            fmt::format("{}: {} (NVML status {})", what, api.errorString(status), static_cast<int>(status)),
            hintOf(status)),
      m_status(status) {}

}  // namespace ridge::nvml
