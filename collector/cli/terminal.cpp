// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/terminal.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace ridge::cli {

bool isTerminal(int descriptor) {
    return ::isatty(descriptor) == 1;
}

std::optional<std::size_t> terminalWidth(int descriptor) {
    winsize size{};
    if (!isTerminal(descriptor) || ::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return std::nullopt;
    return size.ws_col;
}

bool wantsColor(int descriptor) {
    const char* refused = std::getenv("NO_COLOR");
    return isTerminal(descriptor) && (refused == nullptr || *refused == '\0');
}

std::string visible(std::string_view text, std::string_view allowed) {
    constexpr std::string_view letters = "\n\t\r";
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // In UTF-8 the controls from U+0080 to U+009F are two bytes, of which the second is their number.
        const bool isSecondControl =
            byte == 0xC2 && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xE0) == 0x80;
        const bool isControl = byte < 0x20 || byte == 0x7F || isSecondControl;
        if (!isControl || allowed.find(text[i]) != std::string_view::npos)
            result += text[i];
        else if (const auto letter = letters.find(text[i]); letter != std::string_view::npos)
            result += {'\\', "ntr"[letter]};
        else
            result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[isSecondControl ? ++i : i]));
    }
    return result;
}

std::size_t displayWidth(std::string_view text) {
    // Continuation bytes of UTF-8 look like 10xxxxxx.
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace ridge::cli
