// SPDX-License-Identifier: Apache-2.0
// A finding of the doctor as JSON, the same for the worker's reply and for `ridge doctor --json`.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "collector/doctor/finding.hpp"

namespace ridge::protocol {

/// {"name", "ok", "text", "remedy", "stops"}: "ok" is null where nothing can be told, "stops" an exit code.
[[nodiscard]] nlohmann::json toJson(const doctor::Finding& finding);

/// Throws nlohmann::json::exception for anything else.
[[nodiscard]] doctor::Finding findingFrom(const nlohmann::json& object);

}  // namespace ridge::protocol
