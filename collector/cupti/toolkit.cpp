// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/toolkit.hpp"

#include <fmt/format.h>

namespace ridge::cupti {

std::string neededDriver() {
    return fmt::format("CUPTI {} needs driver R{} or newer", cudaMajor, oldestDriverBranch(cudaMajor));
}

std::string_view fittingToolkit(int driverBranch) noexcept {
    if (driverBranch >= oldestDriverBranch(13)) return "13.0";
    if (driverBranch >= oldestDriverBranch(12)) return "12.9";
    return {};
}

std::string remedyForOldDriver(int driverBranch) {
    std::string text = fmt::format("install NVIDIA's driver R{} or newer", oldestDriverBranch(cudaMajor));
    if (const std::string_view toolkit = fittingToolkit(driverBranch); !toolkit.empty()) {
        text += fmt::format(
            ", or install the CUDA {} toolkit, which this driver takes, and build for it: "
            "RIDGE_CUDA_TOOLKIT=/usr/local/cuda-{} share/run",
            toolkit, toolkit);
    }
    return text;
}

std::string versionText(unsigned apiVersion) {
    constexpr unsigned cuda129 = 28;
    if (apiVersion == cuda129) return fmt::format("12.9 (API {})", apiVersion);
    if (apiVersion < 130000) return fmt::format("12 (API {})", apiVersion);
    return fmt::format("{}.{} (API {})", apiVersion / 10000, apiVersion / 100 % 100, apiVersion);
}

}  // namespace ridge::cupti
