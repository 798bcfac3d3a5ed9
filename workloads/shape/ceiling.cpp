// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/ceiling.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "db/model/error.hpp"

namespace ridge::shape {
namespace {

/// "8.6" as 86; 0 for what is no capability.
int tenfold(std::string_view capability) {
    const auto point = capability.find('.');
    if (point == std::string_view::npos) return 0;
    int major = 0;
    int minor = 0;
    std::from_chars(capability.data(), capability.data() + point, major);
    std::from_chars(capability.data() + point + 1, capability.data() + capability.size(), minor);
    return 10 * major + minor;
}

}  // namespace

const db::CeilingKind& measuredCeiling(std::string_view name) {
    const auto* const found = std::find_if(db::measuredCeilings.begin(), db::measuredCeilings.end(),
                                           [name](const db::CeilingKind& kind) { return kind.name == name; });
    if (found == db::measuredCeilings.end())
        throw Error(ExitCode::usage, fmt::format("no ceiling '{}' is measured", name),
                    "see ridge ceilings --help");
    return *found;
}

std::optional<std::string> ceilingRefusal(std::string_view name, std::string_view capability) {
    const bool eightZero = name == "tensor_bf16" || name == "tensor_tf32";
    const int needed = name == "tensor_fp8" ? 89 : eightZero ? 80 : 0;
    if (tenfold(capability) >= needed) return std::nullopt;
    return fmt::format("compute capability {} has no such tensor cores, they came with {}.{}", capability,
                       needed / 10, needed % 10);
}

}  // namespace ridge::shape
