// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/output.hpp"

#include <cstdio>

namespace ridge::cli {

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void printLine(std::string_view line) {
    print(line);
    print("\n");
    std::fflush(stdout);
}

bool allPrinted() {
    return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

}  // namespace ridge::cli
