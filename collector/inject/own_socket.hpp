// SPDX-License-Identifier: Apache-2.0
// A connection out of a foreign program, to whose descriptors it must do no harm.
#pragma once

#include <sys/types.h>
#include <sys/un.h>

#include <atomic>
#include <chrono>
#include <string>

namespace ridge::inject {

/// Whether a Unix socket can have this address.
[[nodiscard]] bool fitsSocket(const std::string& address) noexcept;
/// Of one that fits.
[[nodiscard]] sockaddr_un socketAddress(const std::string& address);

/// A program may close every descriptor it finds, and get the number again for something of its own: what is
/// behind the number is looked at before each use, and a number that is no longer this socket's is forgotten.
/// Nothing here throws. One thread at a time; a forked child may close() what another thread was using.
class OwnSocket {
 public:
    OwnSocket() = default;
    OwnSocket(const OwnSocket&) = delete;
    OwnSocket& operator=(const OwnSocket&) = delete;
    ~OwnSocket() { close(); }

    /// From number 200 up where the program's limit allows it: the lowest are those that programs count on.
    void connect(const std::string& address, std::chrono::milliseconds patience) noexcept;
    [[nodiscard]] bool isOpen() const noexcept { return m_descriptor >= 0; }
    /// Takes from the beginning of `text` what is on its way, all of it unless there was no room for as long
    /// as `patience`. Closes where nothing can be sent any more.
    void send(std::string& text, std::chrono::milliseconds patience) noexcept;
    /// The same without a wait, into as much room again as the socket has for what is not read: where the
    /// system allows it (net.core.wmem_max), so little as a few lines is on its way also when it is full.
    void sendBeyond(std::string& text) noexcept;
    void close() noexcept;

 private:
    [[nodiscard]] bool isBehind(int descriptor) const noexcept;

    // Written before the number is, which a forked child reads.
    dev_t m_device = 0;
    ino_t m_inode = 0;
    std::atomic<int> m_descriptor{-1};
};

}  // namespace ridge::inject
