// SPDX-License-Identifier: Apache-2.0
// How a GPU's UUID is written: results of different commands are joined by it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ridge::db {

/// "GPU-" and 8-4-4-4-12 hexadecimal digits, as nvidia-smi writes it; "MIG-" for an instance of a partitioned
/// GPU, whose name the driver completes by its profile: "NVIDIA A100-SXM4-40GB MIG 1g.5gb".
[[nodiscard]] std::string uuidText(std::span<const unsigned char, 16> bytes, std::string_view deviceName);

/// True for the UUID of an instance of a partitioned GPU.
[[nodiscard]] bool isInstance(std::string_view uuid);
/// The name of the GPU that an instance of this name is a part of; that of a whole GPU as it is.
[[nodiscard]] std::string_view wholeGpuName(std::string_view deviceName);

}  // namespace ridge::db
