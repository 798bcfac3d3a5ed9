// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/profiled_program.hpp"

#include <fmt/core.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "collector/supervisor/environment.hpp"
#include "db/model/error.hpp"

namespace ridge::supervisor {
namespace {

namespace fs = std::filesystem;

enum class Found { no, notExecutable, yes };

Found look(const fs::path& file) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) return Found::no;
    return ::access(file.c_str(), X_OK) == 0 ? Found::yes : Found::notExecutable;
}

[[noreturn]] void refuseUnexecutable(const fs::path& file) {
    throw Error(ExitCode::usage, fmt::format("'{}' may not be executed", file.string()),
                fmt::format("chmod +x it, or name its interpreter first: ridge profile -- python3 {}",
                            file.string()));
}

}  // namespace

fs::path findProgram(const std::string& name) {
    if (name.find('/') != std::string::npos) {
        const Found found = look(name);
        if (found == Found::yes) return name;
        if (found == Found::notExecutable) refuseUnexecutable(name);
        throw Error(ExitCode::usage, fmt::format("there is no program '{}'", name),
                    "name the program after --: ridge profile [options] -- PROGRAM ARGUMENTS");
    }
    const char* variable = std::getenv("PATH");
    std::string_view path = variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin";
    fs::path unexecutable;
    for (;;) {
        const auto colon = path.find(':');
        const std::string_view folder = path.substr(0, colon);
        fs::path file = fs::path(folder.empty() ? "." : folder) / name;
        const Found found = look(file);
        if (found == Found::yes) return file;
        if (found == Found::notExecutable && unexecutable.empty()) unexecutable = file;
        if (colon == std::string_view::npos) break;
        path.remove_prefix(colon + 1);
    }
    if (!unexecutable.empty()) refuseUnexecutable(unexecutable);
    const bool isHere = look(name) != Found::no;
    throw Error(ExitCode::usage, fmt::format("there is no program '{}' in PATH", name),
                isHere ? fmt::format("the one in this folder: ridge profile -- ./{}", name)
                       : "name the program after --: ridge profile [options] -- PROGRAM ARGUMENTS");
}

fs::path findInjection() {
    if (const char* named = std::getenv("RIDGE_INJECT"); named != nullptr && *named != '\0') {
        std::error_code ignored;
        if (fs::is_regular_file(named, ignored)) return fs::absolute(named);
        throw Error(ExitCode::usage, fmt::format("RIDGE_INJECT names '{}', which is not a file", named),
                    "unset it, or set it to the libridge_inject.so of this build");
    }
    std::error_code ignored;
    const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const char* place : {".", "../lib", "../" RIDGE_LIBRARY_FOLDER}) {
        fs::path library = (folder / place / "libridge_inject.so").lexically_normal();
        if (fs::is_regular_file(library, ignored)) return library;
    }
    throw Error(ExitCode::noGpu, "this build has no libridge_inject.so, which measures inside other programs",
                "build it where a CUDA toolkit 13 is: cmake -S . -B build/release -DRIDGE_CUDA=ON (share/run "
                "installs one)");
}

HeldSignals::HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD})
        sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, &m_mask);
    m_descriptor = ::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
    if (m_descriptor < 0) {
        const int error = errno;
        ::pthread_sigmask(SIG_SETMASK, &m_mask, nullptr);
        throw Error(ExitCode::failed, fmt::format("cannot watch for signals: {}", std::strerror(error)));
    }
    struct sigaction ignoring = {};
    ignoring.sa_handler = SIG_IGN;
    sigemptyset(&ignoring.sa_mask);
    for (auto& [signal, action] : m_ignored) ::sigaction(signal, &ignoring, &action);
}

sigset_t HeldSignals::defaults() const noexcept {
    sigset_t signals;
    sigemptyset(&signals);
    for (const auto& [signal, action] : m_ignored) {
        if (action.sa_handler == SIG_DFL) sigaddset(&signals, signal);
    }
    return signals;
}

HeldSignals::~HeldSignals() {
    static_cast<void>(relay(0));  // what is still held back was meant for the program, which has ended
    ::close(m_descriptor);
    for (const auto& [signal, action] : m_ignored) ::sigaction(signal, &action, nullptr);
    ::pthread_sigmask(SIG_SETMASK, &m_mask, nullptr);
}

int HeldSignals::relay(pid_t program) const {
    int last = 0;
    signalfd_siginfo seen{};
    while (::read(m_descriptor, &seen, sizeof seen) == static_cast<ssize_t>(sizeof seen)) {
        const int signal = static_cast<int>(seen.ssi_signo);
        if (signal == SIGCHLD) continue;
        if (signal != SIGUSR1 && signal != SIGUSR2) last = signal;
        if (program > 0 && seen.ssi_code != SI_KERNEL) ::kill(program, signal);
    }
    return last;
}

ProfiledProgram::ProfiledProgram(const fs::path& file, const std::vector<std::string>& command,
                                 const std::map<std::string, std::string>& environment,
                                 const HeldSignals& signals) {
    std::vector<std::string> words = command;
    std::vector<std::string> variables = environmentWith(environment);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    const sigset_t defaults = signals.defaults();
    posix_spawnattr_setsigmask(&attributes, &signals.mask());
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int error = ::posix_spawn(&m_pid, file.c_str(), nullptr, &attributes, pointers(words).data(),
                                    pointers(variables).data());
    posix_spawnattr_destroy(&attributes);
    if (error == 0) return;
    m_pid = -1;
    throw Error(ExitCode::usage, fmt::format("cannot start '{}': {}", file.string(), std::strerror(error)),
                error == ENOEXEC ? "a script needs a first line such as #!/bin/sh" : "");
}

std::optional<int> ProfiledProgram::status() {
    int raw = 0;
    if (!m_status && ::waitpid(m_pid, &raw, WNOHANG) == m_pid)
        m_status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return m_status;
}

}  // namespace ridge::supervisor
