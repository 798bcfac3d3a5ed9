// SPDX-License-Identifier: Apache-2.0
// One value for every axis of a series, and the legend text that may name them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workloads/plan/plan.hpp"

namespace ridge::plan {

using Setting = std::map<std::string, std::int64_t>;

/// Every setting of the axes, the last axis fastest.
[[nodiscard]] std::vector<Setting> settingsOf(const Series& series);

/// The first `{...}` of the label that names no axis of the series.
[[nodiscard]] std::optional<std::string> unknownPlaceholder(const Series& series);
[[nodiscard]] std::string labelOf(const Series& series, const Setting& setting);

}  // namespace ridge::plan
