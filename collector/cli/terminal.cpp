// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/terminal.hpp"

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

std::size_t displayWidth(std::string_view text) {
    // Continuation bytes of UTF-8 look like 10xxxxxx.
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace ridge::cli
