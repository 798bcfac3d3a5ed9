// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/shell_text.hpp"

namespace ridge::cli {

std::string shellText(std::string_view argument) {
    constexpr std::string_view special = " \t\n'\"\\$`;&|<>()*?[]#~!{}";
    if (!argument.empty() && argument.find_first_of(special) == std::string_view::npos)
        return std::string(argument);
    std::string quoted = "'";
    for (const char c : argument) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string shellLine(int count, const char* const* arguments) {
    std::string line = "ridge";  // however it was called
    for (int i = 1; i < count; ++i) line += " " + shellText(arguments[i]);
    return line;
}

}  // namespace ridge::cli
