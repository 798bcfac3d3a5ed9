// SPDX-License-Identifier: GPL-3.0-or-later
// The four published figures with made-up but plausible points: fixed numbers, the same on every machine.
#pragma once

#include "gui/charts/chart_data.hpp"

namespace ridge::gui::test {

[[nodiscard]] ChartData gpt2Figure();
[[nodiscard]] ChartData llama13bFigure();
[[nodiscard]] ChartData llama33bFigure();
[[nodiscard]] ChartData batchInvariantFigure();

}  // namespace ridge::gui::test
