// SPDX-License-Identifier: Apache-2.0
// ridge profile where something stands between a program and its results: what is lost is told, and the
// program keeps what is its own.
#include <signal.h>

#include <regex>

#include "db/results.hpp"
#include "tests/cli/file_limit.hpp"
#include "tests/cli/profile_runs.hpp"

using namespace ridge::test;

namespace {

std::size_t countOf(const std::string& word, const std::string& text) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("records that ridge did not read in time are counted, and those after them are kept") {
    const Folder folder;
    Environment environment = fake;
    environment["FAKE_NUMBERS"] = "patience=1500";
    const pid_t process = startRidge(folder,
                                     profiling({}, {"launch:a", "file:ready", "await:go", "launches:2000",
                                                    "file:filled", "await:on", "launch:late"}),
                                     environment);
    awaitFile(folder, "ready");
    ::kill(process, SIGSTOP);
    folder.write("go", "x");
    awaitFile(folder, "filled");
    ::kill(process, SIGCONT);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    folder.write("on", "x");
    const Outcome outcome = finish(process, folder);
    CHECK(outcome.status == 0);
    std::smatch lost;
    INFO(outcome.err);
    REQUIRE(std::regex_search(outcome.err, lost,
                              std::regex("([0-9]+) records were lost: ridge did not read for 1.5 s")));
    const auto all = rows(folder);
    CHECK(all.size() + std::stoul(lost[1]) == 2002);
    CHECK(all.back()["series"] == "late");
}

TEST_CASE(
    "records that ridge did not read before the program's end are counted, or told of where it cannot") {
    const auto [end, told] = GENERATE(table<std::string, std::string>({
        {"exit:0", "([0-9]+) records were lost: ridge did not read for 0.3 s"},
        {"quit:0", "ended while it told of something, which is not recorded"},
        {"signal:9", "ended while it told of something, which is not recorded"},
    }));
    const Folder folder;
    Environment environment = fake;
    environment["FAKE_NUMBERS"] = "patience=300";
    const pid_t process = startRidge(
        folder, profiling({}, {"launch:a", "file:ready", "await:go", "launches:2000", "file:filled", end}),
        environment);
    awaitFile(folder, "ready");
    ::kill(process, SIGSTOP);
    folder.write("go", "x");
    awaitFile(folder, "filled");
    std::this_thread::sleep_for(std::chrono::milliseconds(1000));  // it has ended
    ::kill(process, SIGCONT);
    const Outcome outcome = finish(process, folder);
    INFO(outcome.err);
    CHECK(outcome.status == (end == "signal:9" ? 137 : 0));
    std::smatch lost;
    REQUIRE(std::regex_search(outcome.err, lost, std::regex(told)));
    const auto all = rows(folder);
    CHECK(all.size() < 2001);
    if (lost.size() > 1) CHECK(all.size() + std::stoul(lost[1]) == 2001);
}

TEST_CASE("a program that closes every descriptor keeps its own, and what is lost by it is told") {
    const Folder folder;
    const Outcome outcome = profile(folder, {}, {"launch:a", "close-all", "launch:b", "sleep:300", "exit:3"});
    CHECK(outcome.status == 3);
    CHECK_THAT(outcome.err, ContainsSubstring("goes on, but has closed its connection to ridge"));
    CHECK(rows(folder).size() == 1);
}

TEST_CASE("a process that ends or executes another program has not closed its connection") {
    const Folder folder;
    for (const char* how : {"signal:9", "quit:0"}) {
        const Outcome outcome = profile(folder, {}, {"fork:launch:a", "launch:a", how});
        CHECK_THAT(outcome.err, !ContainsSubstring("connection"));
    }
    const Outcome other = profile(folder, {}, {"launch:a", "become-sleep:0.3"});
    CHECK(other.status == 0);
    CHECK_THAT(other.err, !ContainsSubstring("connection"));
}

TEST_CASE("a results file that may not grow costs neither the program's status nor what was recorded") {
    const Folder folder;
    const Outcome full = [&folder] {
        const FileLimit limit(200'000);
        return profile(folder, {}, {"launches:300", "exit:7"});
    }();
    INFO(full.err);
    CHECK(full.status == 7);
    CHECK(countOf("no more is recorded", full.err) == 1);
    CHECK(countOf("ridge: ", full.err) == 2);
    CHECK_THAT(full.err, ContainsSubstring(" measured in x.db"));
    CHECK(rows(folder).size() > 0);
    CHECK(rows(folder).size() < 300);
}

TEST_CASE("a folder that is gone is the reason why nothing was recorded, and no filter is") {
    const Folder folder;
    std::filesystem::create_directory(folder.path() / "gone");
    const Outcome outcome = runRidge(folder,
                                     {"profile", "-o", "gone/x.db", "--", "sh", "-c",
                                      std::string("rm -r gone; exec ") + PROFILED_PROGRAM + " launch:a"},
                                     fake);
    CHECK_THAT(outcome.err, ContainsSubstring("no more is recorded"));
    CHECK_THAT(outcome.err, !ContainsSubstring("--skip"));
    CHECK_THAT(outcome.err, !ContainsSubstring("nothing was measured"));
}

TEST_CASE("signals that a batch system sends are the program's to handle") {
    const Folder folder;
    for (const int signal : {SIGUSR1, SIGUSR2}) {
        const pid_t process =
            startRidge(folder, profiling({}, {"launch:a", "file:ready", "sleep:30000"}), fake);
        awaitFile(folder, "ready");
        ::kill(process, signal);
        CHECK(finish(process, folder).status == 128 + signal);
        std::filesystem::remove(folder / "ready");
    }
    const auto states = ridge::db::Results::open(folder / "x.db").table("v_runs", {}, {}, {"state"}).rows;
    REQUIRE(states.size() == 2);
    for (const auto& row : states) CHECK(std::get<std::string>(row[0]) == "finished");
}

TEST_CASE("a program that may not write as much as it does is ended by its own signal") {
    const Folder folder;
    const Outcome bare =
        runRidge(folder, {"profile", "--", "sh", "-c", "kill -" + std::to_string(SIGXFSZ) + " $$"}, fake);
    CHECK(bare.status == 128 + SIGXFSZ);
}
