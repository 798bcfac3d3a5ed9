// SPDX-License-Identifier: Apache-2.0
// A program that closes what it did not open, and gets the number for something of its own.
#include "collector/inject/own_socket.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <set>

#include "collector/inject/channel.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::inject;
using std::chrono::milliseconds;

namespace {

std::set<int> descriptors() {
    std::set<int> open;
    for (int number = 0; number < 1024; ++number) {
        if (::fcntl(number, F_GETFD) >= 0) open.insert(number);
    }
    return open;
}

/// A sender that has said its hello, and the number of its connection.
struct Connected {
    Listener listener;
    std::set<int> before = descriptors();
    std::unique_ptr<Sender> sender = std::make_unique<Sender>(listener.address(), Hello{});
    int number = -1;

    Connected() {
        REQUIRE(sender->introduce());
        for (const int open : descriptors()) {
            if (before.count(open) == 0) number = open;
        }
    }
};

}  // namespace

TEST_CASE("the connection keeps away from the numbers that programs count on, and is not inherited") {
    const Connected connected;
    CHECK(connected.number >= 200);
    CHECK(::fcntl(connected.number, F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("a program whose limit is low is told of all the same") {
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    const rlimit low{100, limit.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
    {
        const Connected connected;
        CHECK(connected.number > 2);
        CHECK(connected.number < 100);
        CHECK(connected.sender->send(Note{"here"}));
    }
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

TEST_CASE("nothing is written into a socket of the program's that has the connection's number") {
    Connected connected;
    std::array<int, 2> pair{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
    REQUIRE(::dup2(pair[0], connected.number) == connected.number);
    CHECK(!connected.sender->send(Note{"foreign"}));
    CHECK(!connected.sender->send(Note{"foreign"}));
    connected.sender.reset();
    char byte = 0;
    CHECK(::recv(pair[1], &byte, 1, 0) == -1);
    CHECK(errno == EAGAIN);
    CHECK(::write(connected.number, "own", 3) == 3);  // it is open still
    for (const int number : {pair[0], pair[1], connected.number}) ::close(number);
}

TEST_CASE("a file of the program's that has the connection's number stays open") {
    for (const bool sends : {true, false}) {
        Connected connected;
        std::FILE* file = std::tmpfile();
        REQUIRE(::dup2(::fileno(file), connected.number) == connected.number);
        if (sends) CHECK(!connected.sender->send(Note{"foreign"}));
        connected.sender.reset();
        CHECK(::fcntl(connected.number, F_GETFD) >= 0);
        CHECK(::lseek(connected.number, 0, SEEK_END) == 0);
        ::close(connected.number);
        std::fclose(file);
    }
}

TEST_CASE("a forked child speaks for itself and leaves alone what has its parent's number") {
    Connected connected;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::FILE* file = std::tmpfile();
        ::dup2(::fileno(file), connected.number);
        const bool sent = connected.sender->send(Note{"child"});
        ::_exit(sent && ::fcntl(connected.number, F_GETFD) >= 0 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(connected.sender->send(Note{"parent"}));
}

TEST_CASE("beyond what a full socket takes there is room for some lines, again and again, and a limit") {
    Listener listener;
    OwnSocket socket;
    const std::string line(1000, 'x');
    std::string text;
    const auto room = [] {
        int bytes = 0;
        socklen_t size = sizeof bytes;
        for (const int number : descriptors()) {
            if (::getsockopt(number, SOL_SOCKET, SO_SNDBUF, &bytes, &size) == 0) return bytes;
        }
        return bytes;
    };
    socket.sendBeyond(text = line);
    CHECK(text == line);  // there is no connection
    socket.connect(listener.address(), milliseconds(0));
    REQUIRE(socket.isOpen());
    const int before = room();
    do socket.send(text = line, milliseconds(0));
    while (text.empty());
    for (int i = 0; i < 5; ++i) {
        socket.sendBeyond(text = line);
        CHECK(text.empty());
        socket.send(text = line, milliseconds(0));
        CHECK(text == line);
    }
    CHECK(room() == before);
    socket.sendBeyond(text = std::string(2 * static_cast<std::size_t>(before), 'x'));
    CHECK(!text.empty());
    CHECK(room() == before);
}

TEST_CASE("a closed connection is noticed, and its number is not closed again") {
    Connected connected;
    REQUIRE(::close(connected.number) == 0);
    CHECK(!connected.sender->send(Note{"lost"}));
    CHECK(::fcntl(connected.number, F_GETFD) == -1);
}
