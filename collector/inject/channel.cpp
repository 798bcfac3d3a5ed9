// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace ridge::inject {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool fits(const std::string& address) {
    return address.size() < sizeof(sockaddr_un::sun_path);
}

sockaddr_un socketAddress(const std::string& address) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::copy(address.begin(), address.end(), name.sun_path);
    return name;
}

int connected(const std::string& address, milliseconds patience) {
    if (address.empty() || !fits(address)) return -1;
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    const sockaddr_un name = socketAddress(address);
    const auto deadline = steady_clock::now() + patience;
    // A Unix socket connects at once or says EAGAIN: too many others wait to be accepted.
    while (::connect(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
        if (errno == EINTR || (errno == EAGAIN && steady_clock::now() < deadline)) {
            std::this_thread::sleep_for(milliseconds(1));
            continue;
        }
        ::close(descriptor);
        return -1;
    }
    return descriptor;
}

/// Who connected; 0 where this process cannot see it.
pid_t processBehind(int descriptor) {
    ucred who{};
    socklen_t size = sizeof who;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 ? who.pid : 0;
}

/// Waits for room in the socket; false when there was none for so long.
bool awaitRoom(int descriptor, milliseconds patience) {
    const auto deadline = steady_clock::now() + patience;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
        pollfd watched{descriptor, POLLOUT, 0};
        const int ready = ::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

/// False leaves a line that may be there in part: nothing may follow it.
bool writeAll(int descriptor, std::string_view text, milliseconds patience) {
    while (!text.empty()) {
        const ssize_t count = ::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            if (!awaitRoom(descriptor, patience)) return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

}  // namespace

/// The connection of one process. A forked child inherits its parent's, with a mutex that a thread it does
/// not have may hold: it must not touch more of it than the descriptor.
struct Sender::Connection {
    pid_t pid = ::getpid();
    std::mutex mutex;
    bool tried = false;
    std::atomic<int> descriptor{-1};

    void close() {
        const int open = descriptor.exchange(-1);
        if (open >= 0) ::close(open);
    }
};

Sender::Sender(std::string address, Hello hello, milliseconds patience)
    : m_address(std::move(address)), m_hello(std::move(hello)), m_patience(patience) {}

Sender::~Sender() {
    Connection* last = m_connection.load();
    if (last == nullptr) return;
    last->close();
    if (last->pid == ::getpid()) delete last;
}

Sender::Connection* Sender::connection() {
    Connection* current = m_connection.load();
    while (current == nullptr || current->pid != ::getpid()) {
        auto fresh = std::make_unique<Connection>();
        if (m_connection.compare_exchange_strong(current, fresh.get())) {
            if (current != nullptr)
                current->close();  // the parent's; its memory stays, its mutex may be held
            return fresh.release();
        }
    }
    return current;
}

bool Sender::introduce() noexcept {
    try {
        return say({});
    } catch (...) {  // a program is never ended by what measures it
        return false;
    }
}

bool Sender::send(const Event& event) noexcept {
    try {
        return say(encode(event) + "\n");
    } catch (...) {
        return false;
    }
}

bool Sender::say(std::string line) {
    Connection& own = *connection();
    const std::lock_guard lock(own.mutex);
    if (!own.tried) {
        own.tried = true;
        own.descriptor = connected(m_address, m_patience);
        Hello hello = m_hello;
        hello.pid = own.pid;
        line.insert(0, encode(Event(std::move(hello))) + "\n");
    }
    if (own.descriptor < 0) return false;
    if (writeAll(own.descriptor, line, m_patience)) return true;
    own.close();
    return false;
}

Listener::Listener() {
    std::error_code ignored;
    std::filesystem::path base = std::filesystem::temp_directory_path(ignored);
    if (base.empty() || !fits((base / "ridge-XXXXXX/channel").string())) base = "/tmp";
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
        ::close(descriptor);
        m_peers.erase(descriptor);
        if (onEnd) onEnd(peer);
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
