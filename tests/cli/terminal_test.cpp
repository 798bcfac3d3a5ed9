// SPDX-License-Identifier: Apache-2.0
// What a terminal gets that a pipe does not.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "collector/cli/terminal.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;

namespace {

/// Everything `ridge ARGUMENTS` writes to a terminal of `columns`, both outputs together.
std::string onTerminal(const Folder& folder, unsigned short columns, std::vector<std::string> arguments,
                       const char* noColor = nullptr) {
    winsize size{};
    size.ws_row = 40;
    size.ws_col = columns;
    int terminal = -1;
    const pid_t process = ::forkpty(&terminal, nullptr, nullptr, &size);
    REQUIRE(process >= 0);
    if (process == 0) {
        arguments.insert(arguments.begin(), "ridge");
        std::vector<char*> words;
        words.reserve(arguments.size() + 1);
        for (std::string& argument : arguments) words.push_back(argument.data());
        words.push_back(nullptr);
        if (noColor != nullptr) ::setenv("NO_COLOR", noColor, 1);
        if (::chdir(folder.path().c_str()) == 0) ::execv(RIDGE_BIN_DIR "/ridge", words.data());
        std::_Exit(127);
    }
    std::string text;
    std::array<char, 4096> chunk{};
    for (ssize_t count = 0; (count = ::read(terminal, chunk.data(), chunk.size())) > 0;)
        text.append(chunk.data(), static_cast<std::size_t>(count));
    ::close(terminal);
    int status = 0;
    ::waitpid(process, &status, 0);
    CHECK(WIFEXITED(status));
    return text;
}

}  // namespace

TEST_CASE("a table is never wider than the terminal it is shown in") {
    const Folder folder;
    REQUIRE(runRidge(folder, {"collect", "gpt2-l", "--model", "NVIDIA A40", "-o", "x.db"}).status == 0);
    const auto columns = GENERATE(as<unsigned short>(), 20, 80, 120, 300);
    std::istringstream lines(onTerminal(folder, columns, {"show", "x.db"}));
    std::size_t widest = 0;
    for (std::string line; std::getline(lines, line);) {
        line.erase(std::remove(line.begin(), line.end(), '\r'), line.end());
        widest = std::max(widest, ridge::cli::displayWidth(line));
    }
    CHECK(widest <= columns);
    CHECK(widest >= std::min<std::size_t>(columns, 70) - 20);
}

TEST_CASE("colours are for terminals, and not where NO_COLOR is set") {
    const Folder folder;
    CHECK_THAT(onTerminal(folder, 80, {"colect"}), ContainsSubstring("\033[1;31m"));
    CHECK(onTerminal(folder, 80, {"colect"}, "1").find('\033') == std::string::npos);
    CHECK(runRidge(folder, {"colect"}).err.find('\033') == std::string::npos);
}
