// SPDX-License-Identifier: Apache-2.0
// A foreign program as `ridge profile` runs it: found, started with more environment, and let be.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ridge::supervisor {

/// The file that a shell would run for `name`: itself where it has a '/', else from PATH. Throws ridge::Error
/// (usage) where there is none or it may not be executed.
[[nodiscard]] std::filesystem::path findProgram(const std::string& name);

/// RIDGE_INJECT where set, else libridge_inject.so beside this program, in ../lib, or in the library folder
/// of the installation. Throws ridge::Error (usage: RIDGE_INJECT names no file; noGpu: this build has none).
[[nodiscard]] std::filesystem::path findInjection();

/// Holds back this process's SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGCHLD and makes them
/// readable; ignores SIGPIPE and SIGXFSZ, as a reader of its notes that goes away and a file that may not
/// grow must not end the measurement. One at a time, before any thread is started; the destructor undoes all
/// of it.
class HeldSignals {
 public:
    HeldSignals();
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;
    ~HeldSignals();

    [[nodiscard]] int descriptor() const noexcept { return m_descriptor; }
    /// Reads what came. Passes on to `program` what was sent to this process alone; a terminal sends its
    /// signals to the whole foreground group, the program included. Returns the last that asked to end, or 0.
    [[nodiscard]] int relay(pid_t program) const;
    /// What programs start with: the mask that this process had, and those of its signals that were not
    /// ignored.
    [[nodiscard]] const sigset_t& mask() const noexcept { return m_mask; }
    [[nodiscard]] sigset_t defaults() const noexcept;

 private:
    sigset_t m_mask{};
    std::map<int, struct sigaction> m_ignored{{SIGPIPE, {}}, {SIGXFSZ, {}}};  ///< and what it was before
    int m_descriptor = -1;
};

/// One run of a program with the input and outputs of this process, in its process group. `environment` is
/// added to this process's own.
class ProfiledProgram {
 public:
    /// Throws ridge::Error (usage) when it cannot be started.
    ProfiledProgram(const std::filesystem::path& file, const std::vector<std::string>& command,
                    const std::map<std::string, std::string>& environment, const HeldSignals& signals);

    [[nodiscard]] pid_t pid() const noexcept { return m_pid; }
    /// Exit status, 128 + signal where one ended it; nullopt while it runs.
    [[nodiscard]] std::optional<int> status();

 private:
    pid_t m_pid = -1;
    std::optional<int> m_status;
};

}  // namespace ridge::supervisor
