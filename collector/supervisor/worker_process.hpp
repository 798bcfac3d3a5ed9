// SPDX-License-Identifier: Apache-2.0
// One ridge-worker behind two pipes: a line down, a line back, and what became of it when it does not answer.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace ridge::supervisor {

/// RIDGE_WORKER where set, else `ridge-worker` beside this program; nullopt when that file is not there.
[[nodiscard]] std::optional<std::filesystem::path> findWorker();

struct Answer {
    enum class Kind { reply, failure, interrupted };
    Kind kind = Kind::failure;
    std::string text;  ///< the reply without its line end, or what went wrong: "died by signal 11 (SIGSEGV)"
};

/// Starts the program at the first question, and again at the first one after it died or was stopped.
/// Ignores SIGPIPE in the whole process, so that a worker that died is an answer and not the end. One thread
/// at a time.
class WorkerProcess {
 public:
    /// `environment` is added to this process's own.
    explicit WorkerProcess(std::filesystem::path program,
                           std::map<std::string, std::string> environment = {});
    WorkerProcess(WorkerProcess&& other) noexcept;
    WorkerProcess& operator=(WorkerProcess&&) = delete;
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;
    /// Lets the worker end by itself for at most two seconds, then kills it.
    ~WorkerProcess();

    /// Writes `request` and a line end, waits for one line. A worker that fails, is late or is interrupted
    /// (`interruption` becomes readable; -1: never) is killed and reaped before this returns. Throws
    /// ridge::Error (failed) only when the program cannot be started.
    [[nodiscard]] Answer ask(const std::string& request, std::chrono::milliseconds timeout,
                             int interruption = -1);

    /// Kills the worker, if one runs. One that a call of the driver keeps alive is left to its end.
    void stop() noexcept;
    [[nodiscard]] const std::filesystem::path& program() const noexcept { return m_program; }
    [[nodiscard]] bool running() const noexcept { return m_pid > 0; }

 private:
    using Deadline = std::chrono::steady_clock::time_point;
    enum class Ready { yes, late, interrupted };

    void start();
    [[nodiscard]] Ready await(bool toSend, Deadline deadline, int interruption) const;
    [[nodiscard]] bool sendSome(std::string& unsent) const;
    [[nodiscard]] bool receiveSome();
    [[nodiscard]] std::string reap(std::chrono::milliseconds patience) noexcept;
    void closePipes() noexcept;

    std::filesystem::path m_program;
    std::map<std::string, std::string> m_environment;
    pid_t m_pid = -1;
    int m_requests = -1;  ///< write end
    int m_replies = -1;   ///< read end
    std::string m_received;
};

}  // namespace ridge::supervisor
