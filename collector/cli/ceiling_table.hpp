// SPDX-License-Identifier: Apache-2.0
// Measured ceilings as ridge ceilings writes them: a table for people, an event a line for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "collector/cli/text_table.hpp"
#include "collector/supervisor/ceiling_run.hpp"
#include "db/results.hpp"

namespace ridge::cli {

/// "1.87 TB/s"; `unit` as in v_ceilings.
[[nodiscard]] std::string rateText(double value, const std::string& unit);

/// One row a ceiling; those without a value say why in the last column.
[[nodiscard]] TextTable ceilingTable(const std::vector<supervisor::CeilingOutcome>& outcomes);

/// Rows of v_ceilings, measured and data sheet, with `file` where several files were read.
[[nodiscard]] TextTable readableCeilings(const db::Table& ceilings);

/// {"event": "ceiling", ...}: the columns of v_ceilings with state, datasheet, of_datasheet, reason and
/// flags. What is not known is not there; a value above theory is in the reason alone.
[[nodiscard]] nlohmann::json ceilingEvent(const supervisor::CeilingOutcome& outcome,
                                          const db::Device& device);

}  // namespace ridge::cli
