// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/own_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <thread>

namespace ridge::inject {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int lowestNumber = 200;

/// -1 where there can be none.
int newSocket() noexcept {
    const int low = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (low < 0) return low;
    const int high = ::fcntl(low, F_DUPFD_CLOEXEC, lowestNumber);
    if (high < 0) return low;  // the program's limit is lower
    ::close(low);
    return high;
}

/// A Unix socket connects at once or says EAGAIN: too many others wait to be accepted.
bool connects(int descriptor, const sockaddr_un& name, milliseconds patience) noexcept {
    const auto deadline = steady_clock::now() + patience;
    while (::connect(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
        if (errno != EINTR && (errno != EAGAIN || steady_clock::now() >= deadline)) return false;
        std::this_thread::sleep_for(milliseconds(1));
    }
    return true;
}

/// Waits for room in the socket; false when there was none for so long.
bool awaitRoom(int descriptor, milliseconds patience) noexcept {
    const auto deadline = steady_clock::now() + patience;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
        pollfd watched{descriptor, POLLOUT, 0};
        const int ready = ::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

}  // namespace

bool fitsSocket(const std::string& address) noexcept {
    return address.size() < sizeof(sockaddr_un::sun_path);
}

sockaddr_un socketAddress(const std::string& address) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::copy(address.begin(), address.end(), name.sun_path);
    return name;
}

void OwnSocket::connect(const std::string& address, milliseconds patience) noexcept {
    if (address.empty() || !fitsSocket(address)) return;
    const int descriptor = newSocket();
    if (descriptor < 0) return;
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !connects(descriptor, socketAddress(address), patience)) {
        ::close(descriptor);
        return;
    }
    m_device = status.st_dev;
    m_inode = status.st_ino;
    m_descriptor = descriptor;
}

bool OwnSocket::isBehind(int descriptor) const noexcept {
    struct stat status = {};
    return ::fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode) && status.st_dev == m_device &&
           status.st_ino == m_inode;
}

void OwnSocket::send(std::string& text, milliseconds patience) noexcept {
    const int descriptor = m_descriptor;
    while (descriptor >= 0 && !text.empty()) {
        if (!isBehind(descriptor)) return close();
        const ssize_t count = ::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            text.erase(0, static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            if (!awaitRoom(descriptor, patience)) return;
        } else if (errno != EINTR) {
            return close();
        }
    }
}

void OwnSocket::sendBeyond(std::string& text) noexcept {
    const int descriptor = m_descriptor;
    int room = 0;
    socklen_t size = sizeof room;
    if (descriptor < 0 || !isBehind(descriptor) ||
        ::getsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &room, &size) != 0)
        return;
    const int half = room / 2;  // Linux makes twice of what it is told
    static_cast<void>(::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &room, sizeof room));
    send(text, milliseconds(0));
    if (isBehind(descriptor))
        static_cast<void>(::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &half, sizeof half));
}

void OwnSocket::close() noexcept {
    const int descriptor = m_descriptor.exchange(-1);
    if (descriptor >= 0 && isBehind(descriptor)) ::close(descriptor);
}

}  // namespace ridge::inject
