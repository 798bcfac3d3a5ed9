// SPDX-License-Identifier: Apache-2.0
// Arguments as a shell has to be given them.
#pragma once

#include <string>
#include <string_view>

namespace ridge::cli {

/// `argument` itself where it is plain, else in single quotes.
[[nodiscard]] std::string shellText(std::string_view argument);
/// A whole command line.
[[nodiscard]] std::string shellLine(int count, const char* const* arguments);

}  // namespace ridge::cli
