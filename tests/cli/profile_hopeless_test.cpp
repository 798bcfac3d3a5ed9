// SPDX-License-Identifier: Apache-2.0
// ridge profile on programs in which nothing can be measured, as the injected library finds out.
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "tests/cli/profile_runs.hpp"

using namespace ridge::test;
using std::chrono::seconds;

namespace {

struct Timed : Outcome {
    std::chrono::steady_clock::duration took{};
};

Timed timed(const Folder& folder, const Arguments& options, const Arguments& command) {
    Arguments arguments{"profile", "-o", "x.db"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.emplace_back("--");
    arguments.insert(arguments.end(), command.begin(), command.end());
    const auto start = std::chrono::steady_clock::now();
    Timed outcome{runRidge(folder, arguments, fake)};
    outcome.took = std::chrono::steady_clock::now() - start;
    return outcome;
}

Arguments program(Arguments actions) {
    actions.insert(actions.begin(), PROFILED_PROGRAM);
    return actions;
}

bool isGone(pid_t process) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
        if (::kill(process, 0) != 0 && errno == ESRCH) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

}  // namespace

TEST_CASE("a program in which nothing can be measured is ended at once, with the sentence and its code") {
    struct Case {
        const char* code;
        int status;
    };
    for (const Case& one : {Case{"1", 1}, Case{"3", 3}, Case{"4", 4}}) {
        INFO(one.code);
        const Folder folder;
        const Timed outcome = timed(
            folder, {}, program({std::string("refuse/") + one.code + ":another profiler", "sleep:30000"}));
        CHECK(outcome.took < seconds(15));
        CHECK(outcome.status == one.status);
        CHECK(outcome.out.empty());
        CHECK(outcome.err ==
              "ridge: another profiler\n  what to do\n"
              "ridge: profiled_program was ended, as nothing can be measured in it\n");
        CHECK(folder.contents().empty());
    }
}

TEST_CASE("the code is the reason's also where the program is quicker than its end") {
    const Folder folder;
    const Timed outcome = timed(folder, {}, program({"refuse/4:not permitted", "exit:7"}));
    CHECK(outcome.status == 4);
    CHECK(outcome.err.starts_with("ridge: not permitted\n  what to do\n"));
}

TEST_CASE("it is asked first: what it does about SIGTERM it does") {
    const Folder folder;
    const Timed outcome =
        timed(folder, {},
              {"sh", "-c", "trap 'echo saved; exit 0' TERM; " PROFILED_PROGRAM " refuse/1:no sleep:30000"});
    CHECK(outcome.took < seconds(15));
    CHECK(outcome.out == "saved\n");
    CHECK(outcome.status == 1);
}

TEST_CASE("a program that does not listen is killed after a grace") {
    const Folder folder;
    const Timed outcome = timed(folder, {}, program({"ignore:15", "refuse/1:no", "sleep:60000"}));
    CHECK(outcome.took > seconds(4));
    CHECK(outcome.took < seconds(30));
    CHECK(outcome.status == 1);
}

TEST_CASE("the process that found out ends with the shell that started it") {
    const Folder folder;
    const Timed outcome =
        timed(folder, {},
              {"sh", "-c", PROFILED_PROGRAM " pid:child refuse/1:no sleep:60000; echo the shell is alive"});
    CHECK(outcome.took < seconds(15));
    CHECK(outcome.status == 1);
    CHECK(outcome.out.empty());
    CHECK(isGone(std::stoi(readFile(folder / "child"))));
}

TEST_CASE("a process that gives up after another was measured ends nothing") {
    const Folder folder;
    const Timed outcome =
        timed(folder, {}, program({"launch:a", "fork:refuse/1:no", "launch:b", "fork:launch:c", "exit:5"}));
    CHECK(outcome.status == 5);
    CHECK(rows(folder).size() == 3);
    CHECK_THAT(outcome.err, ContainsSubstring("ridge: no\n  what to do\n"));
}

TEST_CASE("a process that has spoken and not given up is waited for") {
    const Folder folder;
    const Timed outcome =
        timed(folder, {}, program({"cuda", "fork:refuse/1:no", "sleep:1500", "launch:b", "exit:5"}));
    CHECK(outcome.status == 5);
    CHECK(rows(folder).size() == 1);
}

TEST_CASE("a program that was asked to end and measured something after it is neither killed nor hopeless") {
    const Folder folder;
    const Timed outcome = timed(folder, {},
                                {"sh", "-c",
                                 "trap '' TERM; " PROFILED_PROGRAM " refuse/1:no sleep:200; " PROFILED_PROGRAM
                                 " launch:b launch:c; sleep 6; exit 5"});
    CHECK(outcome.status == 5);
    CHECK(rows(folder).size() == 2);
    CHECK_THAT(outcome.err,
               ContainsSubstring("sh was asked to end, as nothing seemed to be measurable in it"));
    CHECK_THAT(outcome.err, !ContainsSubstring("was ended"));
}

TEST_CASE("a process that gives up for a reason of its own ends nothing") {
    const Folder folder;
    const Timed outcome =
        timed(folder, {},
              {"sh", "-c",
               PROFILED_PROGRAM " refuse-here/1:memory sleep:200; " PROFILED_PROGRAM " launch:b exit:5"});
    CHECK(outcome.status == 5);
    CHECK(rows(folder).size() == 1);
    CHECK_THAT(outcome.err, ContainsSubstring("ridge: memory\n  what to do\n"));
}

TEST_CASE("a process that was killed is not waited for") {
    const Folder folder;
    const Timed outcome =
        timed(folder, {},
              {"sh", "-c",
               PROFILED_PROGRAM " note:hi signal:9; " PROFILED_PROGRAM " refuse/4:x sleep:12000; echo END"});
    CHECK(outcome.took < seconds(10));
    CHECK(outcome.status == 4);
    CHECK(outcome.out.empty());
}

TEST_CASE("what could not be measured once is not run a second time for it") {
    const Folder folder;
    const Timed outcome = timed(folder, {"--time-run"}, program({"out:x", "refuse/1:no", "sleep:30000"}));
    CHECK(outcome.status == 1);
    CHECK(outcome.out == "x");
    CHECK_THAT(outcome.err, ContainsSubstring("profiled_program was ended"));
}

TEST_CASE("whoever interrupts a program that is being ended gets its own status") {
    const Folder folder;
    const pid_t process = startRidge(
        folder, {"profile", "--", PROFILED_PROGRAM, "ignore:15", "refuse/1:no", "file:ready", "sleep:30000"},
        fake);
    awaitFile(folder, "ready");
    ::kill(process, SIGINT);
    CHECK(finish(process, folder).status == 130);
}
