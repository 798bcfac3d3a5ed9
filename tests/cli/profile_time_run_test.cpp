// SPDX-License-Identifier: Apache-2.0
// ridge profile --time-run: a first run without counters, and whether a second one comes after it.
#include <signal.h>

#include "tests/cli/profile_runs.hpp"

using namespace ridge::test;
using nlohmann::json;

TEST_CASE("an unprofiled first run tells the times, where they are certain") {
    const Folder folder;
    const Outcome outcome = profile(
        folder, {"--time-run"}, {"out:x", "launch:a", "launch:abc", "launch:a", "launch-second-run:seen"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "xx");
    const json all = rows(folder);
    REQUIRE(all.size() == 4);
    CHECK(all[0]["time_ns"] == 1000);
    CHECK(all[0]["time_method"] == "unprofiled first run");
    CHECK(all[0]["samples"] == 1);
    CHECK(all[1]["time_ns"] == 3000);
    CHECK(all[2]["time_ns"] == 1000);
    CHECK(all[3]["series"] == "late");
    CHECK(all[3]["time_ns"].is_null());
    CHECK_THAT(outcome.err, ContainsSubstring("no time for late: the unprofiled run did not launch it"));
}

TEST_CASE("the second run of --time-run waits for a first one that was not cut short and used CUDA") {
    const Folder folder;
    const Outcome failed = profile(folder, {"--time-run"}, {"out:x", "cuda", "exit:3"});
    CHECK(failed.status == 3);
    CHECK(failed.out == "x");
    CHECK_THAT(failed.err, ContainsSubstring("first run of --time-run ended with status 3"));
    for (const char* how : {"signal:11", "exit:139"}) {
        const Outcome crashed = profile(folder, {"--time-run"}, {"out:x", "launch:a", how});
        CHECK(crashed.status == 139);
        CHECK(crashed.out == "x");
        CHECK_THAT(crashed.err, ContainsSubstring("first run of --time-run was ended by a signal"));
    }
    const Outcome none = profile(folder, {"--time-run"}, {"out:x"});
    CHECK(none.out == "x");
    CHECK_THAT(none.err, ContainsSubstring("used no CUDA"));
    const Outcome refused = profile(folder, {"--time-run"}, {"out:x", "refuse:not permitted"});
    CHECK(refused.status == 4);
    CHECK(refused.out == "x");
    CHECK(refused.err.starts_with("ridge: not permitted\n  what to do\n"));
    const Outcome unmatched = profile(folder, {"--time-run", "--kernel", "gemm"}, {"out:x", "launch:a"});
    CHECK(unmatched.out == "x");
    CHECK_THAT(unmatched.err, ContainsSubstring("none of 1 kernel launches passed"));
    CHECK(folder.contents().empty());
}

TEST_CASE("a program whose processes leave by _exit is measured, without the times that they did not tell") {
    const Folder folder;
    for (const Arguments& actions :
         {Arguments{"out:x", "launch:a", "quit:0"}, Arguments{"out:x", "cuda", "fork-quit:launch:a"}}) {
        const Outcome outcome = profile(folder, {"--time-run"}, actions);
        CHECK(outcome.status == 0);
        CHECK(outcome.out == "xx");
        CHECK_THAT(outcome.err, ContainsSubstring("first run told no times: it left by _exit"));
    }
    const auto all = rows(folder);
    REQUIRE(all.size() == 2);
    for (const json& row : all) CHECK(row["time_ns"].is_null());
}

TEST_CASE("a program that ends with another status by habit is timed and measured all the same") {
    const Folder folder;
    for (const int status : {1, 255}) {
        const Outcome outcome =
            profile(folder, {"--time-run"}, {"out:x", "launch:abc", "exit:" + std::to_string(status)});
        CHECK(outcome.status == status);
        CHECK(outcome.out == "xx");
        CHECK_THAT(outcome.err,
                   ContainsSubstring("status " + std::to_string(status) + "; its times are used"));
        CHECK(rows(folder).back()["time_ns"] == 3000);
    }
    CHECK(rows(folder).size() == 2);
}

TEST_CASE("a first run that is interrupted is the last") {
    const Folder folder;
    const pid_t process = startRidge(
        folder, profiling({"--time-run"}, {"out:x", "launch:a", "count-interrupts:400", "exit:0"}), fake);
    awaitFile(folder, "ready");
    ::kill(process, SIGINT);
    const Outcome outcome = finish(process, folder);
    CHECK(outcome.out == "xinterrupts 1\n");
    CHECK_THAT(outcome.err, ContainsSubstring("was ended by a signal"));
    CHECK_FALSE(std::filesystem::exists(folder / "x.db"));
}
