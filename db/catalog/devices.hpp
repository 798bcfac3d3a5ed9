// SPDX-License-Identifier: Apache-2.0
// The devices of share/devices: names as drivers report them and datasheet roofs with their sources.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "db/model/device.hpp"

namespace ridge::catalog {

/// Every device file in share/devices, by file name.
[[nodiscard]] std::vector<db::DeviceSheet> devices();
/// The device of this name (without case) or of this file. Throws ridge::Error (usage) with the nearest
/// names.
[[nodiscard]] db::DeviceSheet device(std::string_view nameOrPath);
/// The sheet for what a driver reports, or nullopt where share has none.
[[nodiscard]] std::optional<db::DeviceSheet> deviceByDriverName(std::string_view name);
/// A device file: name, and a [[ceiling]] for each roof with value, unit and source (the file's own `source`
/// where a ceiling has none). A ceiling's `value` must be sm_count x ops_per_clock_per_sm x clock_hz within
/// 2 % where it names them. Throws ridge::Error (usage) FILE:LINE:COLUMN.
[[nodiscard]] db::DeviceSheet loadDevice(const std::filesystem::path& file);

}  // namespace ridge::catalog
