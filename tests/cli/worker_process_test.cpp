// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/worker_process.hpp"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using ridge::supervisor::Answer;
using ridge::supervisor::WorkerProcess;
using namespace std::chrono_literals;

namespace {

std::size_t openDescriptors() {
    const auto entries = std::filesystem::directory_iterator("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

/// True when this process has no child left, running or not waited for.
bool childless() {
    return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

}  // namespace

TEST_CASE("a worker answers one line for one line, from one process") {
    WorkerProcess worker(FAKE_WORKER);
    CHECK_FALSE(worker.running());
    const Answer first = worker.ask("echo", 10s);
    REQUIRE(first.kind == Answer::Kind::reply);
    CHECK(first.text.rfind("pid ", 0) == 0);
    CHECK(worker.ask("echo", 10s).text == first.text);
}

TEST_CASE("a worker that ends is described, reaped, and started again at the next question") {
    const auto [rule, text] = GENERATE(table<std::string, std::string>({
        {"crash", "died by signal 11 (SIGSEGV)"},
        {"exit", "exited with 3"},
        {"hang", "did not answer within 0.2 s"},
        {"silent", "closed its output without answering"},
    }));
    WorkerProcess worker(FAKE_WORKER);
    const std::string first = worker.ask("echo", 10s).text;
    const Answer answer = worker.ask("do " + rule, rule == "hang" ? 200ms : 10s);
    CHECK(answer.kind == Answer::Kind::failure);
    CHECK(answer.text == text);
    CHECK_FALSE(worker.running());
    CHECK(childless());
    const Answer next = worker.ask("echo", 10s);
    CHECK(next.kind == Answer::Kind::reply);
    CHECK(next.text != first);
}

TEST_CASE("what a worker leaves behind is nothing: no process, no descriptor") {
    const std::size_t before = openDescriptors();
    for (int i = 0; i < 3; ++i) {
        WorkerProcess worker(FAKE_WORKER);
        CHECK(worker.ask("echo", 10s).kind == Answer::Kind::reply);
        CHECK(openDescriptors() == before + 2);
    }
    CHECK(childless());
    CHECK(openDescriptors() == before);
}

TEST_CASE("a worker inherits no pipe of another worker") {
    const std::string count = "echo $(ls /proc/self/fd | wc -l)";
    const std::string alone = WorkerProcess("/bin/sh").ask(count, 10s).text;
    WorkerProcess other("/bin/cat");
    REQUIRE(other.ask("x", 10s).text == "x");
    CHECK(WorkerProcess("/bin/sh").ask(count, 10s).text == alone);
}

TEST_CASE("an interruption ends the wait and the worker") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    WorkerProcess worker(FAKE_WORKER);
    ssize_t written = 0;  // Catch's assertions belong to one thread
    std::thread later([&] {
        std::this_thread::sleep_for(100ms);
        written = ::write(ends[1], "x", 1);
    });
    CHECK(worker.ask("do hang", 60s, ends[0]).kind == Answer::Kind::interrupted);
    later.join();
    CHECK(written == 1);
    CHECK(childless());
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("a worker that died between two questions is a failure, not a SIGPIPE") {
    WorkerProcess worker("/bin/sh");
    REQUIRE(worker.ask("echo $$", 10s).kind == Answer::Kind::reply);
    REQUIRE(worker.ask("echo bye; exit 7", 10s).text == "bye");
    std::this_thread::sleep_for(100ms);
    const Answer answer = worker.ask(std::string(1 << 20, ' '), 10s);
    CHECK(answer.kind == Answer::Kind::failure);
    CHECK(answer.text == "exited with 7");
}

TEST_CASE("a long request and a long reply pass through") {
    WorkerProcess worker("/bin/cat");
    const std::string line(3 << 20, 'x');
    // cat answers while it is still being asked: neither side may wait for the other.
    const Answer answer = worker.ask(line, 20s);
    CHECK(answer.kind == Answer::Kind::reply);
    CHECK((answer.text == line));  // three megabytes are no message
}

TEST_CASE("variables reach the worker beside the environment there is") {
    ::setenv("RIDGE_TEST_KEPT", "kept", 1);
    ::setenv("RIDGE_TEST_CHANGED", "old", 1);
    WorkerProcess worker("/bin/sh", {{"RIDGE_TEST_CHANGED", "new"}});
    CHECK(worker.ask("echo $RIDGE_TEST_KEPT $RIDGE_TEST_CHANGED", 10s).text == "kept new");
}

TEST_CASE("a program that cannot be started is an error with its name") {
    WorkerProcess worker("/nonexistent/ridge-worker");
    CHECK_THROWS_AS(worker.ask("echo", 1s), ridge::Error);
    CHECK_FALSE(worker.running());
}

TEST_CASE("RIDGE_WORKER names the worker, and only a program will do") {
    ::setenv("RIDGE_WORKER", "/bin/cat", 1);
    CHECK(ridge::supervisor::findWorker() == "/bin/cat");
    ::setenv("RIDGE_WORKER", "/nonexistent", 1);
    CHECK_FALSE(ridge::supervisor::findWorker());
    ::unsetenv("RIDGE_WORKER");
}
