// SPDX-License-Identifier: Apache-2.0
// The roofs that are measured on a device, and which devices have them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ridge::shape {

struct CeilingKind {
    std::string_view name, kind, unit;  ///< as in v_ceilings
};

/// In the order they are measured: memory first, then compute paths from fp64 to int8.
[[nodiscard]] std::span<const CeilingKind> measuredCeilings() noexcept;

/// Throws ridge::Error (usage) for a name that is none of measuredCeilings().
[[nodiscard]] const CeilingKind& measuredCeiling(std::string_view name);

/// Why a device of compute capability `capability` ("8.6") has no such roof; nullopt where it has. CUDA C++
/// Programming Guide, table of arithmetic by compute capability: bf16 and tf32 from 8.0, fp8 from 8.9.
[[nodiscard]] std::optional<std::string> ceilingRefusal(std::string_view name, std::string_view capability);

}  // namespace ridge::shape
