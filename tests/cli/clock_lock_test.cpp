// SPDX-License-Identifier: Apache-2.0
// --lock-clocks against a worker that keeps a record of its clock: given back on every way out.
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "db/results.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using Arguments = std::vector<std::string>;

namespace {

const Arguments locked{"collect", "llama-13b", "-o",      "x.db",         "--set",
                       "batch=4", "--set",     "seq=128", "--lock-clocks"};

Environment fake(const Folder& folder, const std::string& rules) {
    return {{"RIDGE_WORKER", fakeWorker()}, {"FAKE_WORKER", rules}, {"FAKE_WORKER_LOG", folder / "out.log"}};
}

std::string record(const Folder& folder) {
    return readFile(folder.path() / "out.log");
}

/// Waits until the record holds `text`; false after five seconds.
bool comes(const Folder& folder, const std::string& text) {
    for (int i = 0; i < 500; ++i) {
        if (record(folder).find(text) != std::string::npos) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

std::size_t measured(const Folder& folder) {
    return occurrences(record(folder), " b=");
}

pid_t holder(const Folder& folder) {
    const std::string log = record(folder);
    const std::string before = "locked by ";
    return std::stoi(log.substr(log.find(before) + before.size()));
}

}  // namespace

TEST_CASE("clocks are locked before the first point and free after the last") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, locked, fake(folder, ""));
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    const std::string log = record(folder);
    CHECK(log.rfind("locked by ", 0) == 0);
    CHECK(log.ends_with("unlocked\n"));
    const auto runs = ridge::db::Results::open(folder / "x.db").table("v_runs", {}, {}, {"clock_lock"});
    CHECK(std::get<std::string>(runs.rows.at(0).at(0)) == "sm 1740 MHz");  // the A40's quoted clock
}

TEST_CASE("a locked run does not resume one whose clocks were left alone") {
    const Folder folder;
    const Arguments free(locked.begin(), locked.end() - 1);
    REQUIRE(runRidge(folder, free, fake(folder, "")).status == 0);
    const std::size_t points = measured(folder);
    Arguments resumed = locked;
    resumed.emplace_back("--resume");
    REQUIRE(runRidge(folder, resumed, fake(folder, "")).status == 0);
    CHECK(measured(folder) == 2 * points);
    REQUIRE(runRidge(folder, resumed, fake(folder, "")).status == 0);
    CHECK(measured(folder) == 2 * points);
    resumed[resumed.size() - 2] = "--lock-clocks=1200";
    REQUIRE(runRidge(folder, resumed, fake(folder, "")).status == 0);
    CHECK(measured(folder) == 3 * points);
}

TEST_CASE(
    "a MIG instance's clock is held by its GPU's place on the bus, at its GPU's quoted clock, and said") {
    const Folder folder;
    Environment environment = fake(folder, "");
    environment["FAKE_DEVICE"] = "NVIDIA A40 MIG 1g.6gb";
    Arguments arguments = locked;
    arguments.insert(arguments.end(), {"--device", "MIG-fake"});
    const Outcome outcome = runRidge(folder, arguments, environment);
    CHECK(outcome.status == 0);
    CHECK(occurrences(outcome.err, "the clock of MIG-fake is its GPU's: it is locked for every instance") ==
          1);
    const std::string log = record(folder);
    CHECK_THAT(log, ContainsSubstring("lock_clocks 0000:3B:00.0\n"));
    CHECK(log.ends_with("unlock_clocks 0000:3B:00.0\n"));
    const auto runs = ridge::db::Results::open(folder / "x.db").table("v_runs", {}, {}, {"clock_lock"});
    CHECK(std::get<std::string>(runs.rows.at(0).at(0)) == "sm 1740 MHz");
    CHECK_THAT(runRidge(folder, locked, fake(folder, "")).err, !ContainsSubstring("every instance"));
}

TEST_CASE("without permission nothing is measured and no file is made") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, locked, fake(folder, "frozen"));
    CHECK(outcome.status == 4);
    CHECK_THAT(outcome.err, ContainsSubstring("locking the SM clock") && ContainsSubstring("run as root"));
    CHECK(folder.contents().empty());
}

TEST_CASE("workers that die do not end the lock") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, locked, fake(folder, "crash:qk"));
    CHECK(outcome.status == 6);
    const std::string log = record(folder);
    CHECK(log.ends_with("unlocked\n"));
    CHECK(log.find("locked") == log.rfind("locked by"));
}

TEST_CASE("an interrupted run gives the clock back") {
    for (const int signal : {SIGINT, SIGTERM}) {
        const Folder folder;
        const pid_t process = startRidge(folder, locked, fake(folder, "slow"));
        REQUIRE(comes(folder, " b="));
        ::kill(process, signal);
        CHECK(finish(process, folder).status == 128 + signal);
        CHECK(record(folder).ends_with("unlocked\n"));
    }
}

TEST_CASE("a killed supervisor's clock is given back, whatever else is signalled") {
    const Folder folder;
    const pid_t process = startRidge(folder, locked, fake(folder, "hang"));
    REQUIRE(comes(folder, "locked by "));
    ::kill(holder(folder), SIGTERM);  // as a batch system sends it to every process of a job
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK_THAT(record(folder), !ContainsSubstring("unlocked"));
    ::kill(process, SIGKILL);
    CHECK(finish(process, folder).status == 128 + SIGKILL);
    CHECK(comes(folder, "unlocked at the end\n"));
}

TEST_CASE("where the process that holds the clock is killed, another one gives it back") {
    const Folder folder;
    const pid_t process = startRidge(folder, locked, fake(folder, "slow"));
    REQUIRE(comes(folder, " b="));
    ::kill(holder(folder), SIGKILL);
    CHECK(finish(process, folder).status == 0);
    CHECK(record(folder).ends_with("unlocked\n"));
}

TEST_CASE("a profiled program runs with every GPU's clock held, and none after it") {
    const Folder folder;
    Environment environment = fake(folder, "");
    environment["RIDGE_INJECT"] = FAKE_INJECTION;
    const Outcome outcome = runRidge(
        folder, {"profile", "-o", "x.db", "--lock-clocks=1200", "--", PROFILED_PROGRAM, "launch:axpy"},
        environment);
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "ridge: 1 measured in x.db\n  ridge show x.db\n");
    const std::string log = record(folder);
    CHECK(occurrences(log, "locked by ") == 2);
    CHECK(occurrences(log, "unlocked\n") == 2);
    const auto runs = ridge::db::Results::open(folder / "x.db").table("v_runs", {}, {}, {"clock_lock"});
    CHECK(std::get<std::string>(runs.rows.at(0).at(0)) == "sm 1200 MHz");
}

TEST_CASE("a program is not started where the clock cannot be held") {
    const Folder folder;
    Environment environment = fake(folder, "frozen");
    environment["RIDGE_INJECT"] = FAKE_INJECTION;
    const Outcome outcome =
        runRidge(folder, {"profile", "--lock-clocks", "--", "touch", "started"}, environment);
    CHECK(outcome.status == 4);
    CHECK_THAT(outcome.err, ContainsSubstring("locking the SM clock"));
    CHECK(folder.contents().empty());
}

TEST_CASE("a clock that is none, or one for a modelled device, is refused") {
    const Folder folder;
    const auto with = [&](const std::string& clock, const std::string& more) {
        Arguments arguments{"collect", "llama-13b", clock};
        if (!more.empty()) arguments.insert(arguments.end(), {"--model", more});
        return runRidge(folder, arguments, fake(folder, ""));
    };
    for (const char* clock :
         {"--lock-clocks=fast", "--lock-clocks=-5", "--lock-clocks=nan", "--lock-clocks=1e9"}) {
        const Outcome outcome = with(clock, "");
        CHECK(outcome.status == 2);
        CHECK_THAT(outcome.err, ContainsSubstring(clock) && ContainsSubstring("not a clock in MHz"));
    }
    CHECK(with("--lock-clocks", "NVIDIA A40").status == 2);
    CHECK(folder.contents().empty());
}
