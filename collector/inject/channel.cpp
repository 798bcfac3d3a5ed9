// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/channel.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>

#include "collector/inject/own_socket.hpp"

namespace ridge::inject {
namespace {

using std::chrono::milliseconds;

/// Who connected; 0 where this process cannot see it.
pid_t processBehind(int descriptor) {
    ucred who{};
    socklen_t size = sizeof who;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 ? who.pid : 0;
}

std::string line(const Event& event) {
    return encode(event) + "\n";
}

Note loss(std::int64_t records, milliseconds patience) {
    return {fmt::format("{} lost: ridge did not read for {} s",
                        records == 1 ? "1 record was" : fmt::format("{} records were", records),
                        std::chrono::duration<double>(patience).count())};
}

/// All else is little, and kept until there is room.
bool isRecord(const Event& event) {
    return std::holds_alternative<MeasuredRecord>(event) || std::holds_alternative<Timing>(event);
}

}  // namespace

/// The connection of one process. A forked child inherits its parent's, with a mutex that a thread it does
/// not have may hold: it must not touch more of it than to close the socket.
struct Sender::Connection {
    pid_t pid = ::getpid();
    std::mutex mutex;
    bool tried = false;
    OwnSocket socket;
    std::string unsent;     ///< begins with the rest of a line where one went in part
    std::int64_t lost = 0;  ///< records since the last that was told

    /// For a reader who comes when this process has ended. The socket mostly takes whole lines: one without
    /// its end shows that more was to come.
    void leaveBehind(bool isLast) {
        if (!isLast) unsent.pop_back();
        socket.sendBeyond(unsent);
        if (!isLast) unsent += '\n';
    }
};

Sender::Sender(std::string address, Hello hello, milliseconds patience)
    : m_address(std::move(address)), m_hello(std::move(hello)), m_patience(patience) {}

Sender::~Sender() {
    Connection* last = m_connection.load();
    if (last == nullptr) return;
    last->socket.close();
    if (last->pid == ::getpid()) delete last;
}

Sender::Connection* Sender::connection() {
    Connection* current = m_connection.load();
    while (current == nullptr || current->pid != ::getpid()) {
        auto fresh = std::make_unique<Connection>();
        if (m_connection.compare_exchange_strong(current, fresh.get())) {
            if (current != nullptr)
                current->socket.close();  // the parent's; its memory stays, its mutex may be held
            return fresh.release();
        }
    }
    return current;
}

bool Sender::introduce() noexcept {
    try {
        return say({}, false, false);
    } catch (...) {  // a program is never ended by what measures it
        return false;
    }
}

bool Sender::send(const Event& event) noexcept {
    try {
        return say(line(event), isRecord(event), std::holds_alternative<Bye>(event));
    } catch (...) {
        return false;
    }
}

bool Sender::say(std::string text, bool isRecord, bool isLast) {
    Connection& own = *connection();
    const std::lock_guard lock(own.mutex);
    if (!own.tried) {
        own.tried = true;
        own.socket.connect(m_address, m_patience);
        Hello hello = m_hello;
        hello.pid = own.pid;
        text.insert(0, line(std::move(hello)));
    }
    if (!own.socket.isOpen()) return false;
    own.socket.send(own.unsent, milliseconds(0));
    const bool hasWaited = !own.unsent.empty();
    if (hasWaited && isRecord) {
        ++own.lost;
        return false;
    }
    if (own.lost > 0) own.unsent += line(loss(std::exchange(own.lost, 0), m_patience));
    own.unsent += text;
    const bool waits = !hasWaited || isLast;
    own.socket.send(own.unsent, waits ? m_patience : milliseconds(0));
    if (waits && !own.unsent.empty()) own.leaveBehind(isLast);
    return own.unsent.empty();
}

Listener::Listener() {
    std::error_code ignored;
    std::filesystem::path base = std::filesystem::temp_directory_path(ignored);
    if (base.empty() || !fitsSocket((base / "ridge-XXXXXX/channel").string())) base = "/tmp";
    std::string pattern = (base / "ridge-XXXXXX").string();
    const auto refuse = [](const std::string& what) {
        throw Error(ExitCode::failed, what + ": " + std::strerror(errno),
                    "set TMPDIR to a local folder that you may write to");
    };
    if (::mkdtemp(pattern.data()) == nullptr) refuse("cannot make a folder in " + base.string());
    m_folder = pattern;
    m_address = (m_folder / "channel").string();
    m_socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const sockaddr_un name = socketAddress(m_address);
    if (m_socket < 0 || ::bind(m_socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
        ::listen(m_socket, SOMAXCONN) != 0) {
        const int error = errno;
        if (m_socket >= 0) ::close(m_socket);
        std::filesystem::remove_all(m_folder, ignored);
        errno = error;
        refuse("cannot listen at " + m_address);
    }
}

Listener::~Listener() {
    for (const auto& [descriptor, received] : m_peers) ::close(descriptor);
    ::close(m_socket);
    std::error_code ignored;
    std::filesystem::remove_all(m_folder, ignored);
}

std::vector<pid_t> Listener::processes() const {
    std::vector<pid_t> found;
    for (const auto& [descriptor, received] : m_peers) {
        if (received.process > 0) found.push_back(received.process);
    }
    return found;
}

pid_t Listener::processOf(Peer peer) const {
    for (const auto& [descriptor, received] : m_peers) {
        if (received.peer == peer) return received.process;
    }
    return 0;
}

bool Listener::allHaveSpoken() const {
    return std::all_of(m_peers.begin(), m_peers.end(),
                       [](const auto& peer) { return peer.second.hasSpoken; });
}

std::size_t Listener::receive(milliseconds timeout, const std::vector<int>& wakers, const OnLine& onLine,
                              const OnEnd& onEnd) {
    std::vector<pollfd> watched{{m_socket, POLLIN, 0}};
    for (const auto& [descriptor, received] : m_peers) watched.push_back({descriptor, POLLIN, 0});
    const std::size_t peers = watched.size();
    for (const int waker : wakers) watched.push_back({waker, POLLIN, 0});
    if (::poll(watched.data(), watched.size(), static_cast<int>(timeout.count())) <= 0) return 0;
    std::vector<int> readable;
    for (std::size_t i = 1; i < peers; ++i) {
        if (watched[i].revents != 0) readable.push_back(watched[i].fd);
    }
    // Before any is closed, whose number a new one could get.
    if (watched[0].revents != 0) {
        for (const int descriptor : acceptAll()) readable.push_back(descriptor);
    }
    std::size_t lines = 0;
    for (const int descriptor : readable) lines += read(descriptor, onLine, onEnd);
    return lines;
}

std::vector<int> Listener::acceptAll() {
    std::vector<int> accepted;
    for (;;) {
        const int descriptor = ::accept4(m_socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (descriptor >= 0) {
            m_peers[descriptor] = {m_nextPeer++, processBehind(descriptor), {}, false};
            accepted.push_back(descriptor);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return accepted;
        }
    }
}

std::size_t Listener::read(int descriptor, const OnLine& onLine, const OnEnd& onEnd) {
    std::array<char, 65536> chunk;
    const ssize_t count = ::recv(descriptor, chunk.data(), chunk.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (count <= 0) {  // what it did not finish is dropped: a line in part is no event
        const Peer peer = m_peers.at(descriptor).peer;
        const bool wasCut = !m_peers.at(descriptor).unfinished.empty();
        ::close(descriptor);
        m_peers.erase(descriptor);
        if (onEnd) onEnd(peer, wasCut);
        return 0;
    }
    Received& received = m_peers.at(descriptor);
    received.unfinished.append(chunk.data(), static_cast<std::size_t>(count));
    std::size_t lines = 0;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = received.unfinished.find('\n', begin)) != std::string::npos; ++lines) {
        received.hasSpoken = true;
        onLine(received.peer, received.unfinished.substr(begin, end - begin));
        begin = end + 1;
    }
    received.unfinished.erase(0, begin);
    return lines;
}

}  // namespace ridge::inject
