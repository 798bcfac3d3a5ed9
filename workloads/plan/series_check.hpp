// SPDX-License-Identifier: Apache-2.0
// Whether a series makes sense as a whole: its operators, phase and axes against the model.
#pragma once

#include <filesystem>
#include <optional>

#include <toml++/toml.h>

#include "workloads/plan/plan.hpp"
#include "workloads/shape/llm.hpp"

namespace ridge::plan {

/// Throws tomlError, at the key that is to blame, when the last series of `plan`, read from `table`, could
/// not be run or carries the label of another one.
void requireRunnable(const std::filesystem::path& file, const toml::table& table, const Plan& plan,
                     const std::optional<shape::Llm>& model);

}  // namespace ridge::plan
