// SPDX-License-Identifier: Apache-2.0
// A series' legend text, whose `{axis}` placeholders take the values of a setting.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "workloads/plan/plan.hpp"

namespace ridge::plan {

using Setting = std::map<std::string, std::int64_t>;

/// The first `{...}` of the label that names no axis of the series.
[[nodiscard]] std::optional<std::string> unknownPlaceholder(const Series& series);
[[nodiscard]] std::string labelOf(const Series& series, const Setting& setting);

}  // namespace ridge::plan
