// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/interruption.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "db/model/error.hpp"

namespace ridge::supervisor {
namespace {

// A handler can reach nothing but globals; lock-free atomics and write() are all it may touch.
std::atomic<int> seenSignal{0};
std::atomic<int> wakeDescriptor{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void remember(int signal) {
    const int savedErrno = errno;
    seenSignal = signal;
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(wakeDescriptor, &byte, 1);
    errno = savedErrno;
}

void handle(int signal, void (*handler)(int), int flags) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

Interruption::Interruption() {
    if (::pipe2(m_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        throw Error(ExitCode::failed, std::string("cannot make a pipe: ") + std::strerror(errno));
    seenSignal = 0;
    wakeDescriptor = m_pipe[1];
    // SA_RESETHAND: whoever presses Ctrl-C twice means it.
    handle(SIGINT, remember, static_cast<int>(SA_RESETHAND));
    handle(SIGTERM, remember, static_cast<int>(SA_RESETHAND));
    handle(SIGXFSZ, SIG_IGN, 0);
}

Interruption::~Interruption() {
    handle(SIGINT, SIG_DFL, 0);
    handle(SIGTERM, SIG_DFL, 0);
    handle(SIGXFSZ, SIG_DFL, 0);
    ::close(m_pipe[0]);
    ::close(m_pipe[1]);
}

int Interruption::signal() const noexcept {
    return seenSignal;
}

}  // namespace ridge::supervisor
