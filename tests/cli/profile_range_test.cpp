// SPDX-License-Identifier: Apache-2.0
// Ranges that take several passes, an occurrence each: what is in the file however their program ends.
#include <signal.h>

#include <string>
#include <vector>

#include "tests/cli/profile_runs.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using nlohmann::json;

namespace {

Environment threePasses() {
    Environment environment = fake;
    environment["FAKE_NUMBERS"] = "range_passes=3";
    return environment;
}

/// One occurrence of each range, in this order.
Arguments occurrences(const std::vector<std::string>& names) {
    Arguments actions;
    for (const std::string& name : names) actions.insert(actions.end(), {"push:" + name, "launch:k", "pop"});
    return actions;
}

const Arguments rangeMode{"--mode", "range", "--nvtx", "regex:.*/"};

void checkWhole(const json& row) {
    CHECK(row["status"] == "ok");
    CHECK(row["flops_executed"] == 1e6);
    CHECK(row["dram_bytes"] == 1e5);
    CHECK(row["status_reason"].is_null());
}

void checkUnfinished(const json& row) {
    CHECK(row["status"] == "ok");
    CHECK(row["flops_executed"].is_null());
    CHECK(row["dram_bytes"] == 1e5);
    CHECK(row["status_reason"] == "its last pass is missing");
}

}  // namespace

TEST_CASE("however a program ends, a range has its row: whole, or with what its passes held") {
    for (const std::string end : {"signal:9", "signal:11", "exit:3"}) {
        INFO(end);
        const Folder folder;
        Arguments actions = occurrences({"a", "a", "a", "a"});
        actions.push_back(end);
        const Outcome outcome = profile(folder, rangeMode, actions, threePasses());
        CHECK(outcome.status == (end == "exit:3" ? 3 : 128 + std::stoi(end.substr(7))));
        CHECK(outcome.err ==
              "ridge: 1 of the rows lacks what more occurrences of the same work would have told\n"
              "  ridge show says what, in the column reason\n"
              "ridge: 2 measured in x.db\n  ridge show x.db\n");
        const json all = rows(folder);
        REQUIRE(all.size() == 2);
        checkWhole(all[0]);
        checkUnfinished(all[1]);
        CHECK(folder.contents().size() == 1);
    }
}

TEST_CASE("rows of ranges stand in the order of their first passes, each once") {
    const Folder folder;
    Arguments actions = occurrences({"a", "b", "a", "b", "c", "b", "a"});
    actions.emplace_back("signal:9");
    CHECK(profile(folder, rangeMode, actions, threePasses()).status == 137);
    const json all = rows(folder);
    REQUIRE(all.size() == 3);
    CHECK(all[0]["series"] == "a");
    checkWhole(all[0]);
    CHECK(all[1]["series"] == "b");
    checkWhole(all[1]);
    CHECK(all[2]["series"] == "c");
    checkUnfinished(all[2]);
}

TEST_CASE("a killed program is profiled again into the same file, and earlier rows stay") {
    const Folder folder;
    Arguments actions = occurrences({"a", "a"});
    actions.emplace_back("signal:9");
    CHECK(profile(folder, rangeMode, actions, threePasses()).status == 137);
    CHECK(profile(folder, rangeMode, occurrences({"a", "a", "a"}), threePasses()).status == 0);
    const json all = rows(folder);
    REQUIRE(all.size() == 2);
    checkUnfinished(all[0]);
    checkWhole(all[1]);
}

TEST_CASE("a range whose passes are not all there has the time of the unprofiled run") {
    const Folder folder;
    Arguments options = rangeMode;
    options.emplace_back("--time-run");
    CHECK(profile(folder, options, occurrences({"a", "a"}), threePasses()).status == 0);
    const json all = rows(folder);
    REQUIRE(all.size() == 1);
    checkUnfinished(all[0]);
    CHECK(all[0]["time_ns"] == 1000);
    CHECK(all[0]["samples"] == 2);
}

TEST_CASE("when ridge is killed too, the file holds the passes that there were") {
    const Folder folder;
    Environment environment = threePasses();
    environment["TMPDIR"] = folder.path().string();  // where the killed process leaves its socket
    Arguments actions = occurrences({"a", "a", "a", "a"});
    actions.insert(actions.end(), {"sleep:500", "pid:program", "sleep:30000"});
    const pid_t process = startRidge(folder, profiling(rangeMode, actions), environment);
    awaitFile(folder, "program");
    ::kill(process, SIGKILL);
    CHECK(finish(process, folder).status == 128 + SIGKILL);
    const json all = rows(folder);
    REQUIRE(all.size() == 2);
    checkWhole(all[0]);
    checkUnfinished(all[1]);
    ::kill(static_cast<pid_t>(std::stol(readFile(folder / "program"))), SIGKILL);
}
