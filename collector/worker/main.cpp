// SPDX-License-Identifier: Apache-2.0
// ridge-worker: measures on one GPU what the lines on its standard input ask for.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include "collector/worker/libraries.hpp"
#include "collector/worker/orphan_watch.hpp"
#include "collector/worker/recorder.hpp"
#include "collector/worker/worker.hpp"

namespace {

/// The reply stream. From here on descriptor 1 is standard error, so that a library that prints to standard
/// output cannot break the protocol.
std::FILE* takeStandardOutput() {
    const int replies = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (replies < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return nullptr;
    return fdopen(replies, "w");
}

int serve(int device) {
    std::signal(SIGPIPE, SIG_IGN);  // a supervisor that went away is an end of input, not a death
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> replies(takeStandardOutput(), std::fclose);
    if (!replies) {
        std::perror("ridge-worker: cannot reply on standard output");
        return EXIT_FAILURE;
    }
    ridge::worker::endWithSupervisor();
    ridge::worker::Worker worker(device);
    for (std::string line; std::getline(std::cin, line);) {
        if (line.empty()) continue;
        const std::string reply = worker.answer(line) + '\n';
        if (std::fputs(reply.c_str(), replies.get()) < 0 || std::fflush(replies.get()) != 0)
            return EXIT_FAILURE;
        if (worker.lost()) return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Measures points on one GPU for 'ridge collect', which starts it: a JSON request a line on standard "
        "input, a JSON reply a line on standard output.");
    int device = 0;
    std::string fixtures;
    app.name("ridge-worker");
    app.set_version_flag("--version", "ridge-worker " RIDGE_VERSION);
    app.add_option("--device", device, "CUDA ordinal of the GPU to measure on")->check(CLI::Range(0, 255));
    app.add_option("--record", fixtures, "Instead, record the closed forms as fixtures for tests, and end")
        ->option_text("DIR");
    bool libraries = false;
    app.add_flag("--libraries", libraries, "Say where CUPTI and cuBLAS were found, and exit; 1: not both");
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        app.exit(error);
        return 2;
    }
    try {
        if (!fixtures.empty())
            return ridge::worker::recordFixtures(device, fixtures) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        if (libraries) {
            bool complete = false;
            std::cout << ridge::worker::describeLibraries(complete);
            return complete ? EXIT_SUCCESS : EXIT_FAILURE;
        }
        return serve(device);
    } catch (const ridge::Error& error) {
        std::fprintf(stderr, "ridge-worker: %s\n  %s\n", error.what(), error.hint().c_str());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ridge-worker: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
