// SPDX-License-Identifier: Apache-2.0
// The line from injected processes to `ridge`: a Unix stream socket in a folder nobody else may enter.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "collector/inject/event.hpp"

namespace ridge::inject {

/// The injected process's end. Connects and introduces itself at the first call, and stays out of the
/// program's way: nothing here throws, raises SIGPIPE or touches a descriptor of the program's, and a reader
/// that does not read is waited for once, for `patience`, and once more with the Bye. Until it reads again
/// records are lost; how many is told then, or with the Bye, for which there is room of its own; without one
/// the connection ends within a line. Whatever else goes wrong, later sends do nothing. Any thread may send;
/// lines never mix. A child made by fork() that sends gets a connection of its own, with its own pid in the
/// hello.
class Sender {
 public:
    explicit Sender(std::string address, Hello hello,
                    std::chrono::milliseconds patience = std::chrono::seconds(5));
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;
    ~Sender();

    /// The hello alone, where this process has not said it: it is heard of before it has anything to tell.
    bool introduce() noexcept;
    /// True when the whole line is on its way. False: it is lost, or ends with a later one.
    bool send(const Event& event) noexcept;

 private:
    struct Connection;
    Connection* connection();
    bool say(std::string text, bool isRecord, bool isLast);

    std::string m_address;
    Hello m_hello;
    std::chrono::milliseconds m_patience;
    std::atomic<Connection*> m_connection{nullptr};
};

/// The receiving end, in `ridge`. One thread at a time.
class Listener {
 public:
    using Peer = int;  ///< one connection; never used again within one Listener
    /// `line` has no line end; no line is handed over in part.
    using OnLine = std::function<void(Peer, const std::string& line)>;
    /// The connection is closed: its process has ended, or executes another program. `wasCut`: within a line.
    using OnEnd = std::function<void(Peer, bool wasCut)>;

    /// Makes the folder (mode 0700) and the socket. Throws ridge::Error (failed).
    Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    /// Removes both.
    ~Listener();

    [[nodiscard]] const std::string& address() const noexcept { return m_address; }
    /// Waits until there is something to read, `wakers` has a readable descriptor or `timeout` is over; reads
    /// what is there, of new connections too, and hands over every whole line. Returns the number of lines.
    std::size_t receive(std::chrono::milliseconds timeout, const std::vector<int>& wakers,
                        const OnLine& onLine, const OnEnd& onEnd = {});
    /// Connections that are still open.
    [[nodiscard]] std::size_t openPeers() const noexcept { return m_peers.size(); }
    /// Every connection there has been.
    [[nodiscard]] std::size_t allPeers() const noexcept { return static_cast<std::size_t>(m_nextPeer); }
    /// The processes behind the open connections, as the kernel names them: those of other namespaces are
    /// left out.
    [[nodiscard]] std::vector<pid_t> processes() const;
    /// The process behind one; 0: not visible from here, or the connection is closed.
    [[nodiscard]] pid_t processOf(Peer peer) const;
    /// False while an open connection has not sent a whole line.
    [[nodiscard]] bool allHaveSpoken() const;

 private:
    struct Received {
        Peer peer = 0;
        pid_t process = 0;  ///< 0: not visible from here
        std::string unfinished;
        bool hasSpoken = false;
    };
    /// The new descriptors.
    [[nodiscard]] std::vector<int> acceptAll();
    [[nodiscard]] std::size_t read(int descriptor, const OnLine& onLine, const OnEnd& onEnd);

    std::filesystem::path m_folder;
    std::string m_address;
    int m_socket = -1;
    Peer m_nextPeer = 0;
    std::map<int, Received> m_peers;  ///< by descriptor
};

}  // namespace ridge::inject
