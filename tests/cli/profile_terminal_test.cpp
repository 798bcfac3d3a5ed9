// SPDX-License-Identifier: Apache-2.0
// Ctrl-C on a terminal reaches ridge and its program both: neither may make two of it.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;

TEST_CASE("Ctrl-C reaches the program once") {
    const Folder folder;
    int terminal = -1;
    const pid_t process = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (process == 0) {
        if (::chdir(folder.path().c_str()) != 0) ::_exit(98);
        ::setenv("RIDGE_INJECT", FAKE_INJECTION, 1);
        ::execl(RIDGE_BIN_DIR "/ridge", "ridge", "profile", "--", PROFILED_PROGRAM, "count-interrupts:700",
                "exit:4", nullptr);
        ::_exit(99);
    }
    REQUIRE(process > 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!std::filesystem::exists(folder / "ready") && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE(std::filesystem::exists(folder / "ready"));
    REQUIRE(::write(terminal, "\x03", 1) == 1);
    std::string output;
    char chunk[256];
    for (ssize_t count = 0; (count = ::read(terminal, chunk, sizeof chunk)) > 0;)
        output.append(chunk, static_cast<std::size_t>(count));  // ends with EIO when both have ended
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    ::close(terminal);
    INFO(output);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 4);
    CHECK_THAT(output, ContainsSubstring("interrupts 1\r\n"));
}
