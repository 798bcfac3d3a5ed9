// SPDX-License-Identifier: Apache-2.0
// What the program may assume of the place it writes to.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ridge::cli {

[[nodiscard]] bool isTerminal(int descriptor);
/// Columns of the terminal, nullopt where it is none or does not say.
[[nodiscard]] std::optional<std::size_t> terminalWidth(int descriptor);
/// Colours are for terminals, and not where NO_COLOR is set to anything (no-color.org).
[[nodiscard]] bool wantsColor(int descriptor);
/// The text with control characters written out, "\\n" and "\\x1b": names of kernels and ranges are any
/// bytes, and a terminal obeys some. `allowed`: those that stay.
[[nodiscard]] std::string visible(std::string_view text, std::string_view allowed = {});
/// Characters of UTF-8 text; every character the program writes is one column wide.
[[nodiscard]] std::size_t displayWidth(std::string_view text);

}  // namespace ridge::cli
