// SPDX-License-Identifier: Apache-2.0
// Which of the measured roofs a device has.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "db/model/ceiling_kind.hpp"

namespace ridge::shape {

/// Throws ridge::Error (usage) for a name that is none of db::measuredCeilings.
[[nodiscard]] const db::CeilingKind& measuredCeiling(std::string_view name);

/// Why a device of compute capability `capability` ("8.6") has no such roof; nullopt where it has. CUDA C++
/// Programming Guide, table of arithmetic by compute capability: bf16 and tf32 from 8.0, fp8 from 8.9.
[[nodiscard]] std::optional<std::string> ceilingRefusal(std::string_view name, std::string_view capability);

}  // namespace ridge::shape
