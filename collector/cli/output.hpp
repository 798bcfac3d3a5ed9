// SPDX-License-Identifier: Apache-2.0
// Results on standard output, of which none may be lost unsaid.
#pragma once

#include <string_view>

namespace ridge::cli {

/// What cannot be written ends nothing that is being measured: allPrinted() tells at the end.
void print(std::string_view text);
/// The same, and whoever reads sees the line at once.
void printLine(std::string_view line);
/// False where standard output was closed or full before all was written.
[[nodiscard]] bool allPrinted();

}  // namespace ridge::cli
