// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/orphan_watch.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

namespace ridge::worker {
namespace {

using namespace std::chrono_literals;

/// As long as a supervisor lets a worker end by itself.
constexpr auto patience = 2s;

/// PR_SET_PDEATHSIG would end the worker with the supervisor's thread that started it, not with the process;
/// the end of the input alone does not tell a shell's pipe from a supervisor.
void watch(pid_t supervisor) {
    pollfd input{STDIN_FILENO, 0, 0};  // no events: only POLLHUP, when nobody can write any more
    while (::poll(&input, 1, -1) < 0 && errno == EINTR) {
    }
    while (::getppid() == supervisor) std::this_thread::sleep_for(100ms);
    std::this_thread::sleep_for(patience);
    ::kill(::getpid(), SIGTERM);
    std::this_thread::sleep_for(patience);
    ::kill(::getpid(), SIGKILL);
}

}  // namespace

void endWithSupervisor() {
    std::thread(watch, ::getppid()).detach();
}

}  // namespace ridge::worker
