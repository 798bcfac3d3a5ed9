// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/worker_process.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "collector/supervisor/environment.hpp"
#include "db/model/error.hpp"

namespace ridge::supervisor {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A process inside an uninterruptible call of the driver outlives SIGKILL; a run must end all the same.
constexpr milliseconds killPatience{3000};
constexpr std::size_t longestReply = std::size_t{64} << 20;

std::array<int, 2> makePipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw Error(ExitCode::failed, std::string("cannot make a pipe: ") + std::strerror(errno));
    return ends;
}

/// The worker takes no Ctrl-C of its own (a process group of its own: the supervisor decides what is kept)
/// and starts with default signals whatever this process ignores.
class SpawnSetup {
 public:
    SpawnSetup(int workerInput, int workerOutput) {
        posix_spawn_file_actions_init(&m_actions);
        posix_spawn_file_actions_adddup2(&m_actions, workerInput, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&m_actions, workerOutput, STDOUT_FILENO);
        posix_spawnattr_init(&m_attributes);
        sigset_t all;
        sigset_t none;
        sigfillset(&all);
        sigemptyset(&none);
        posix_spawnattr_setsigdefault(&m_attributes, &all);
        posix_spawnattr_setsigmask(&m_attributes, &none);
        posix_spawnattr_setpgroup(&m_attributes, 0);
        posix_spawnattr_setflags(&m_attributes,
                                 POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    }
    SpawnSetup(const SpawnSetup&) = delete;
    SpawnSetup& operator=(const SpawnSetup&) = delete;
    ~SpawnSetup() {
        posix_spawn_file_actions_destroy(&m_actions);
        posix_spawnattr_destroy(&m_attributes);
    }

    /// Returns 0 or an errno.
    [[nodiscard]] int spawn(pid_t& pid, const std::string& program,
                            std::vector<std::string> environment) const {
        std::string name = program;
        std::array<char*, 2> arguments{name.data(), nullptr};
        return ::posix_spawn(&pid, program.c_str(), &m_actions, &m_attributes, arguments.data(),
                             pointers(environment).data());
    }

 private:
    posix_spawn_file_actions_t m_actions{};
    posix_spawnattr_t m_attributes{};
};

/// How the child ended, nullopt when it runs on.
std::optional<int> statusWithin(pid_t child, milliseconds patience) {
    const auto deadline = steady_clock::now() + patience;
    for (int status = 0;;) {
        if (::waitpid(child, &status, WNOHANG) != 0) return status;
        if (steady_clock::now() >= deadline) return std::nullopt;
        std::this_thread::sleep_for(milliseconds(2));
    }
}

std::string describeStatus(int status) {
    if (WIFEXITED(status)) return fmt::format("exited with {}", WEXITSTATUS(status));
    const int signal = WTERMSIG(status);
    const char* name = ::sigabbrev_np(signal);
    return fmt::format("died by signal {} ({}{})", signal, name != nullptr ? "SIG" : "unknown",
                       name != nullptr ? name : "");
}

}  // namespace

std::optional<std::filesystem::path> findWorker() {
    std::filesystem::path worker;
    if (const char* named = std::getenv("RIDGE_WORKER"); named != nullptr && *named != '\0') {
        worker = named;
    } else {
        std::error_code ignored;
        worker = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "ridge-worker";
    }
    if (::access(worker.c_str(), X_OK) != 0) return std::nullopt;
    return worker;
}

WorkerProcess::WorkerProcess(std::filesystem::path program, std::map<std::string, std::string> environment)
    : m_program(std::move(program)), m_environment(std::move(environment)) {}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : m_program(std::move(other.m_program)),
      m_environment(std::move(other.m_environment)),
      m_pid(std::exchange(other.m_pid, -1)),
      m_requests(std::exchange(other.m_requests, -1)),
      m_replies(std::exchange(other.m_replies, -1)),
      m_received(std::move(other.m_received)) {}

WorkerProcess::~WorkerProcess() {
    closePipes();
    if (m_pid > 0) static_cast<void>(reap(milliseconds(2000)));
}

void WorkerProcess::start() {
    std::signal(SIGPIPE, SIG_IGN);
    const auto down = makePipe();
    const auto back = makePipe();
    const int error =
        SpawnSetup(down[0], back[1]).spawn(m_pid, m_program.string(), environmentWith(m_environment));
    ::close(down[0]);
    ::close(back[1]);
    m_requests = down[1];
    m_replies = back[0];
    m_received.clear();
    if (error != 0) {
        m_pid = -1;
        closePipes();
        throw Error(ExitCode::failed,
                    fmt::format("cannot start {}: {}", m_program.string(), std::strerror(error)),
                    "set RIDGE_WORKER to the worker of this build, or build it again");
    }
    ::fcntl(m_requests, F_SETFL, O_NONBLOCK);
    ::fcntl(m_replies, F_SETFL, O_NONBLOCK);
}

Answer WorkerProcess::ask(const std::string& request, milliseconds timeout, int interruption) {
    if (!m_received.empty()) stop();  // it said more than it was asked: whose answer would come next?
    if (!running()) start();
    const Deadline deadline = steady_clock::now() + timeout;
    std::string unsent = request + "\n";
    for (;;) {
        if (const auto end = m_received.find('\n'); end != std::string::npos && unsent.empty()) {
            Answer answer{Answer::Kind::reply, m_received.substr(0, end)};
            m_received.erase(0, end + 1);
            return answer;
        }
        if (m_received.size() > longestReply) {
            stop();
            return {Answer::Kind::failure, "answered more than 64 MiB without a line end"};
        }
        const Ready ready = await(!unsent.empty(), deadline, interruption);
        if (ready == Ready::late) {
            stop();
            return {Answer::Kind::failure, fmt::format("did not answer within {} s",
                                                       std::chrono::duration<double>(timeout).count())};
        }
        if (ready == Ready::interrupted) {
            stop();
            return {Answer::Kind::interrupted, {}};
        }
        if (!sendSome(unsent) || !receiveSome()) return {Answer::Kind::failure, reap(milliseconds(1000))};
    }
}

/// Waits for a reply, and with `toSend` for room in the request pipe too: whoever writes without reading can
/// wait for a worker that waits for its reader.
WorkerProcess::Ready WorkerProcess::await(bool toSend, Deadline deadline, int interruption) const {
    for (;;) {
        std::array<pollfd, 3> watched{pollfd{m_replies, POLLIN, 0}, pollfd{interruption, POLLIN, 0},
                                      pollfd{toSend ? m_requests : -1, POLLOUT, 0}};
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
        const int wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30));
        if (::poll(watched.data(), watched.size(), wait) < 0) continue;  // EINTR: the signal's pipe tells
        if (watched[1].revents != 0) return Ready::interrupted;
        if (watched[0].revents != 0 || watched[2].revents != 0) return Ready::yes;
        if (left <= 0) return Ready::late;
    }
}

/// Writes what the pipe takes now; false when nobody reads it any more.
bool WorkerProcess::sendSome(std::string& unsent) const {
    if (unsent.empty()) return true;
    const ssize_t count = ::write(m_requests, unsent.data(), unsent.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    unsent.erase(0, static_cast<std::size_t>(count));
    return true;
}

/// Reads what is there now; false at the end of the worker's output.
bool WorkerProcess::receiveSome() {
    std::array<char, 65536> chunk;
    const ssize_t count = ::read(m_replies, chunk.data(), chunk.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    m_received.append(chunk.data(), static_cast<std::size_t>(count));
    return count > 0;
}

void WorkerProcess::stop() noexcept {
    if (m_pid > 0) ::kill(m_pid, SIGKILL);
    static_cast<void>(reap(milliseconds(0)));
}

std::string WorkerProcess::reap(milliseconds patience) noexcept {
    closePipes();
    if (m_pid <= 0) return "was not running";
    const auto status = statusWithin(m_pid, patience);
    if (!status) {
        ::kill(m_pid, SIGKILL);
        static_cast<void>(statusWithin(m_pid, killPatience));
    }
    m_pid = -1;
    return status ? describeStatus(*status) : "closed its output without answering";
}

void WorkerProcess::closePipes() noexcept {
    m_received.clear();
    if (m_requests >= 0) ::close(m_requests);
    if (m_replies >= 0) ::close(m_replies);
    m_requests = -1;
    m_replies = -1;
}

}  // namespace ridge::supervisor
