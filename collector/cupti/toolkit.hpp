// SPDX-License-Identifier: Apache-2.0
// Which CUDA this program was built for, and which one a driver takes.
#pragma once

#include <cupti_version.h>

#include <string>
#include <string_view>

namespace ridge::cupti {

/// CUDA's major version. CUPTI's API version is CUDA's from 13.0 on (130001) and a count of its own before
/// (28 in CUDA 12.9).
inline constexpr int cudaMajor = CUPTI_API_VERSION >= 130000 ? CUPTI_API_VERSION / 10000 : 12;

/// The first driver branch that runs programs of a CUDA major version: 525 for 12, 580 for 13. From NVIDIA's
/// CUDA Toolkit release notes, minor version compatibility.
[[nodiscard]] constexpr int oldestDriverBranch(int major) noexcept {
    return major >= 13 ? 580 : 525;
}

/// "CUPTI 13 needs driver R580 or newer", for the CUPTI of this build.
[[nodiscard]] std::string neededDriver();

/// The toolkit to build with for a driver branch: "13.0", "12.9", or empty for drivers older than either.
[[nodiscard]] std::string_view fittingToolkit(int driverBranch) noexcept;

/// What lifts a driver that is too old for this build: another build, where one fits, or a newer driver.
[[nodiscard]] std::string remedyForOldDriver(int driverBranch);

/// "13.0 (API 130001)", "12.9 (API 28)"; the API version is told whole, its patch level is CUPTI's own count.
[[nodiscard]] std::string versionText(unsigned apiVersion);

/// Whether a library of this API version serves this build: one of the same major version, and of CUDA 12 one
/// that is no older than the headers, whose Range Profiler was still growing.
[[nodiscard]] constexpr bool serves(unsigned apiVersion) noexcept {
    if (CUPTI_API_VERSION >= 130000) return apiVersion / 10000 == CUPTI_API_VERSION / 10000;
    return apiVersion >= CUPTI_API_VERSION && apiVersion < 130000;
}

}  // namespace ridge::cupti
