// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <map>
#include <optional>
#include <thread>

#include "tests/support/catch.hpp"

using namespace ridge::inject;
using std::chrono::milliseconds;

namespace {

/// The lines of every connection until all are closed.
std::map<int, std::vector<Event>> receiveAll(Listener& listener, std::size_t peers) {
    std::map<int, std::vector<Event>> events;
    const auto take = [&events](Listener::Peer peer, const std::string& line) {
        events[peer].push_back(decodeEvent(line));
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while ((listener.allPeers() < peers || listener.openPeers() > 0) &&
           std::chrono::steady_clock::now() < deadline)
        listener.receive(milliseconds(100), {}, take);
    return events;
}

std::string noteOf(const Event& event) {
    return std::get<Note>(event).text;
}

}  // namespace

TEST_CASE("the processes behind open connections are those that sent") {
    Listener listener;
    CHECK(listener.processes().empty());
    Sender own(listener.address(), {});
    REQUIRE(own.send(Note{"here"}));
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        own.send(Note{"there"});
        ::pause();
        ::_exit(0);
    }
    while (listener.processes().size() < 2) listener.receive(milliseconds(100), {}, [](int, const auto&) {});
    auto processes = listener.processes();
    std::sort(processes.begin(), processes.end());
    CHECK(processes == std::vector<pid_t>{std::min(getpid(), child), std::max(getpid(), child)});
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (listener.openPeers() > 1) listener.receive(milliseconds(100), {}, [](int, const auto&) {});
    CHECK(listener.processes() == std::vector<pid_t>{getpid()});
}

TEST_CASE("a process may say its hello before it has anything else to say, and says it once") {
    Listener listener;
    std::vector<Event> events;
    std::vector<Listener::Peer> ended;
    {
        Sender sender(listener.address(), {0, "prog", "", "", ""});
        REQUIRE(sender.introduce());
        CHECK(sender.introduce());
        CHECK(sender.send(Note{"later"}));
        const auto take = [&](Listener::Peer peer, const std::string& line) {
            CHECK(listener.processOf(peer) == ::getpid());
            events.push_back(decodeEvent(line));
        };
        // A new connection is read when it is accepted.
        CHECK(listener.receive(milliseconds(1000), {}, take) == 2);
        CHECK(listener.allHaveSpoken());
    }
    REQUIRE(events.size() == 2);
    CHECK(std::get<Hello>(events[0]).program == "prog");
    CHECK(noteOf(events[1]) == "later");
    const auto end = [&ended](Listener::Peer peer, bool /*wasCut*/) { ended.push_back(peer); };
    listener.receive(
        milliseconds(1000), {}, [](int, const auto&) {}, end);
    CHECK(ended == std::vector<Listener::Peer>{0});
    CHECK(listener.processOf(0) == 0);
}

TEST_CASE("who has connected and said nothing is known to have not spoken") {
    Listener listener;
    CHECK(listener.allHaveSpoken());
    const int silent = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::copy(listener.address().begin(), listener.address().end(), name.sun_path);
    REQUIRE(::connect(silent, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    const auto ignore = [](int, const auto&) {};
    listener.receive(milliseconds(1000), {}, ignore);
    CHECK_FALSE(listener.allHaveSpoken());
    REQUIRE(::write(silent, "in part", 7) == 7);
    listener.receive(milliseconds(1000), {}, ignore);
    CHECK_FALSE(listener.allHaveSpoken());
    REQUIRE(::write(silent, "\n", 1) == 1);
    listener.receive(milliseconds(1000), {}, ignore);
    CHECK(listener.allHaveSpoken());
    ::close(silent);
}

TEST_CASE("the first line of a connection is its hello, with the sending process in it") {
    Listener listener;
    {
        Sender sender(listener.address(), {0, "prog", "580", "13.0", "13"});
        CHECK(listener.allPeers() == 0);
        CHECK(sender.send(Note{"one"}));
        CHECK(sender.send(Note{"two"}));
    }
    const auto events = receiveAll(listener, 1);
    REQUIRE(events.size() == 1);
    const auto& lines = events.begin()->second;
    REQUIRE(lines.size() == 3);
    CHECK(std::get<Hello>(lines[0]).pid == ::getpid());
    CHECK(std::get<Hello>(lines[0]).program == "prog");
    CHECK(noteOf(lines[1]) == "one");
    CHECK(noteOf(lines[2]) == "two");
}

TEST_CASE("lines of many threads never mix") {
    Listener listener;
    constexpr int threads = 8;
    constexpr int each = 200;
    std::thread work([address = listener.address()] {
        Sender sender(address, {});
        std::vector<std::thread> all;
        all.reserve(threads);
        for (int i = 0; i < threads; ++i) {
            all.emplace_back([&sender, i] {
                const std::string text(static_cast<std::size_t>(500 + i), static_cast<char>('a' + i));
                for (int n = 0; n < each; ++n) sender.send(Note{text});
            });
        }
        for (std::thread& thread : all) thread.join();
    });
    const auto events = receiveAll(listener, 1);
    work.join();
    REQUIRE(events.size() == 1);
    const auto& lines = events.begin()->second;
    CHECK(lines.size() == 1 + threads * each);
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const std::string text = noteOf(lines[i]);
        CHECK(text == std::string(500 + static_cast<std::size_t>(text[0] - 'a'), text[0]));
    }
}

TEST_CASE("a forked child speaks for itself, also when another thread of its parent was sending") {
    Listener listener;
    const pid_t parent = ::fork();
    if (parent == 0) {
        Sender sender(listener.address(), {});
        sender.send(Note{"parent"});
        std::atomic<bool> stop{false};
        std::thread busy([&] {
            while (!stop) sender.send(Note{"busy"});
        });
        const pid_t child = ::fork();
        if (child == 0) ::_exit(sender.send(Note{"child"}) ? 0 : 1);
        int status = 0;
        ::waitpid(child, &status, 0);
        stop = true;
        busy.join();
        ::_exit(WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1);
    }
    const auto events = receiveAll(listener, 2);
    int status = 0;
    ::waitpid(parent, &status, 0);
    CHECK(status == 0);
    REQUIRE(events.size() == 2);
    std::vector<std::int64_t> pids;
    for (const auto& [peer, lines] : events) {
        const auto pid = std::get<Hello>(lines.at(0)).pid;
        pids.push_back(pid);
        const bool isParent = pid == parent;
        CHECK(noteOf(lines.at(1)) == (isParent ? "parent" : "child"));
        if (!isParent) CHECK(lines.size() == 2);
    }
    CHECK(pids[0] != pids[1]);
}

TEST_CASE("a sender without a listener does nothing and says so") {
    Sender nowhere("/nonexistent/channel", {});
    CHECK(!nowhere.send(Note{"lost"}));
    CHECK(!nowhere.send(Note{"lost again"}));
    CHECK(!Sender("", {}).send(Note{"lost"}));
    CHECK(!Sender(std::string(500, 'x'), {}).send(Note{"lost"}));
}

TEST_CASE("a listener that goes away leaves the program alive and unmeasured") {
    std::optional<Listener> listener(std::in_place);
    Sender sender(listener->address(), {});
    CHECK(sender.send(Note{"first"}));
    listener.reset();
    // The kernel may still take what fits into a buffer; a broken pipe must not become a signal.
    bool sent = true;
    for (int i = 0; i < 100 && sent; ++i) sent = sender.send(Note{std::string(100000, 'x')});
    CHECK(!sent);
}

TEST_CASE(
    "a listener that does not read stops the sender once, and is told of records, not of all, as lost") {
    Listener listener;
    std::optional<Sender> sender(std::in_place, listener.address(), Hello{}, milliseconds(300));
    const auto start = std::chrono::steady_clock::now();
    const auto record = [](int ordinal) { return Timing{0, {std::string(20000, 'x'), ordinal, {}, {}}, 1}; };
    int sent = 0;
    while (sent < 1000 && sender->send(record(sent))) ++sent;
    REQUIRE(sent < 1000);
    CHECK(std::chrono::steady_clock::now() - start >= milliseconds(300));
    const auto later = std::chrono::steady_clock::now();
    for (int i = 1; i <= 3; ++i) CHECK(!sender->send(record(sent + i)));
    CHECK(!sender->send(Note{"kept"}));
    CHECK(!sender->send(record(sent + 4)));
    CHECK(std::chrono::steady_clock::now() - later < milliseconds(300));
    std::vector<Event> events;
    const auto take = [&events](int, const std::string& line) { events.push_back(decodeEvent(line)); };
    while (listener.receive(milliseconds(0), {}, take) > 0) {
    }
    CHECK(sender->send(record(1000)));
    CHECK(sender->send(Bye{}));
    sender.reset();
    while (listener.openPeers() > 0) listener.receive(milliseconds(100), {}, take);
    const auto at = [&](int index) { return events.at(1 + static_cast<std::size_t>(index)); };
    REQUIRE(events.size() == static_cast<std::size_t>(sent) + 7);
    // The line that was not whole is, later.
    for (int i = 0; i <= sent; ++i) CHECK(std::get<Timing>(at(i)).launch.ordinal == i);
    CHECK(noteOf(at(sent + 1)) == "3 records were lost: ridge did not read for 0.3 s");
    CHECK(noteOf(at(sent + 2)) == "kept");
    CHECK(noteOf(at(sent + 3)) == "1 record was lost: ridge did not read for 0.3 s");
    CHECK(std::get<Timing>(at(sent + 4)).launch.ordinal == 1000);
    CHECK(std::holds_alternative<Bye>(at(sent + 5)));
}

TEST_CASE("a reader who comes when the sender is gone hears what was lost, or that the line was cut") {
    const bool saysBye = GENERATE(true, false);
    Listener listener;
    std::optional<Sender> sender(std::in_place, listener.address(), Hello{}, milliseconds(50));
    const Timing record{0, {std::string(100, 'x'), 0, {}, {}}, 1};  // goes whole or not at all
    int sent = 0;
    while (sender->send(record)) ++sent;
    for (int i = 0; i < 3; ++i) CHECK(!sender->send(record));
    if (saysBye) CHECK(sender->send(Bye{}));
    sender.reset();
    std::vector<Event> events;
    std::vector<bool> cut;
    while (cut.empty())
        listener.receive(
            milliseconds(100), {}, [&](int, const auto& line) { events.push_back(decodeEvent(line)); },
            [&](int, bool wasCut) { cut.push_back(wasCut); });
    CHECK(cut[0] == !saysBye);
    REQUIRE(events.size() == static_cast<std::size_t>(sent) + (saysBye ? 4 : 1));
    if (!saysBye) return;
    CHECK(std::holds_alternative<Timing>(events[events.size() - 3]));  // the one that was waited with
    CHECK(noteOf(events[events.size() - 2]) == "3 records were lost: ridge did not read for 0.05 s");
    CHECK(std::holds_alternative<Bye>(events.back()));
}

TEST_CASE("the last line waits once more for a listener that did not read") {
    Listener listener;
    Sender sender(listener.address(), {}, milliseconds(1000));
    const Timing large{0, {std::string(1'000'000, 'x'), 0, {}, {}}, 1};  // leaves no room for the last line
    while (sender.send(large)) {
    }
    bool said = false;
    std::thread ending([&] { said = sender.send(Bye{}); });
    std::this_thread::sleep_for(milliseconds(100));
    bool heard = false;
    const auto take = [&](int, const std::string& line) {
        heard = heard || std::holds_alternative<Bye>(decodeEvent(line));
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!heard && std::chrono::steady_clock::now() < deadline)
        listener.receive(milliseconds(100), {}, take);
    ending.join();
    CHECK(heard);
    CHECK(said);
}

TEST_CASE("the end of a connection within a line is told from one after it") {
    Listener listener;
    std::vector<bool> cut;
    const auto awaitEnd = [&listener, &cut](std::size_t ends) {
        const auto end = [&cut](int, bool wasCut) { cut.push_back(wasCut); };
        while (cut.size() < ends)
            listener.receive(
                milliseconds(100), {}, [](int, const auto&) {}, end);
    };
    std::optional<Sender> sender(std::in_place, listener.address(), Hello{}, milliseconds(50));
    while (sender->send(Timing{0, {std::string(1000000, 'x'), 0, {}, {}}, 1})) {
    }
    sender.reset();
    awaitEnd(1);
    Sender(listener.address(), {}).introduce();
    awaitEnd(2);
    CHECK(cut == std::vector<bool>{true, false});
}

TEST_CASE("an event that cannot be written does not cost the hello") {
    Listener listener;
    {
        Sender sender(listener.address(), {});
        MeasuredRecord broken;
        broken.record.point.timeNs = std::numeric_limits<double>::infinity();
        CHECK(!sender.send(broken));
        CHECK(sender.send(Note{"fine"}));
    }
    const auto events = receiveAll(listener, 1);
    REQUIRE(events.begin()->second.size() == 2);
    CHECK(std::holds_alternative<Hello>(events.begin()->second[0]));
}

TEST_CASE("nobody else may enter the channel's folder, and nothing of it stays") {
    std::filesystem::path folder;
    {
        const Listener listener;
        folder = std::filesystem::path(listener.address()).parent_path();
        struct stat status = {};
        REQUIRE(::stat(folder.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0700);
    }
    CHECK(!std::filesystem::exists(folder));
}

TEST_CASE("what connects from nobody is read as lines, and the rest of a cut line is dropped") {
    Listener listener;
    const int raw = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, listener.address().c_str(), sizeof name.sun_path - 1);
    REQUIRE(::connect(raw, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    std::vector<std::string> lines;
    const auto take = [&lines](Listener::Peer, const std::string& line) { lines.push_back(line); };
    REQUIRE(::send(raw, "a\nb", 3, 0) == 3);
    while (lines.empty()) listener.receive(milliseconds(100), {}, take);
    CHECK(lines == std::vector<std::string>{"a"});
    REQUIRE(::send(raw, "c\nhalf", 6, 0) == 6);
    ::close(raw);
    while (listener.openPeers() > 0) listener.receive(milliseconds(100), {}, take);
    CHECK(lines == std::vector<std::string>{"a", "bc"});
}
