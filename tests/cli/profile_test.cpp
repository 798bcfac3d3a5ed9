// SPDX-License-Identifier: Apache-2.0
// ridge profile on programs whose GPU is a fake injected library.
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "db/results.hpp"
#include "tests/cli/profile_runs.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using nlohmann::json;

namespace {

std::vector<std::string> runStates(const Folder& folder) {
    std::vector<std::string> states;
    for (const auto& row : ridge::db::Results::open(folder / "x.db").table("v_runs", {}, {}, {"state"}).rows)
        states.push_back(std::get<std::string>(row[0]));
    return states;
}

/// The signals 1 to 31 of a set in /proc/PID/status; posix_spawn ignores two of glibc's own above them.
unsigned long signals(const std::string& status, const std::string& set) {
    return std::stoul(status.substr(status.find(set) + set.size()), nullptr, 16) & 0x7fffffff;
}

}  // namespace

TEST_CASE("each chosen launch becomes a row, with the device and its roofs") {
    const Folder folder;
    const Outcome outcome = profile(folder, {}, {"launch:axpy/80", "launch:gemm", "launch:axpy/80"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == "ridge: 3 measured in x.db\n  ridge show x.db\n");
    const json all = rows(folder);
    REQUIRE(all.size() == 3);
    CHECK(all[0]["provenance"] == "measured");
    CHECK(all[0]["plan"] == "profile");
    CHECK(all[0]["workload"] == "profiled_program");
    CHECK(all[0]["operator"] == "kernel");
    CHECK(all[0]["series"] == "axpy");
    CHECK(all[0]["device"] == "NVIDIA A40");
    CHECK(all[0]["time_ns"] == 8000);
    CHECK(all[0]["flags"] == "under_20us,multi_pass");
    CHECK(all[0]["time_method"] == "gpu__time_duration, profiled");
    CHECK(all[0]["roof_flops_per_s"].is_number());
    CHECK(all[1]["series"] == "gemm");
    CHECK(runStates(folder) == std::vector<std::string>{"finished"});
    CHECK(folder.contents().size() == 1);
    const auto runs = ridge::db::Results::open(folder / "x.db")
                          .table("v_runs", {}, {}, {"plan", "driver", "cuda", "cupti", "command"});
    CHECK(std::get<std::string>(runs.rows[0][0]) == "profile");
    CHECK(std::get<std::string>(runs.rows[0][1]) == "580.1");
    CHECK_THAT(std::get<std::string>(runs.rows[0][4]), ContainsSubstring("ridge profile -o x.db -- "));
}

TEST_CASE("a metric set's file is found wherever the program goes") {
    const Folder folder;
    folder.write("mine.toml", "summary = 'mine'\nformula_version = 1\ninclude = ['bytes']\n");
    REQUIRE(profile(folder, {"--metrics", "./mine.toml"}, {"launch:a"}).status == 0);
    CHECK(rows(folder).at(0)["metric_set"].get<std::string>().rfind("mine@", 0) == 0);
}

TEST_CASE("the program's exit status is passed on, and what was measured is kept") {
    const Folder folder;
    CHECK(profile(folder, {}, {"launch:a", "exit:7"}).status == 7);
    CHECK(rows(folder).size() == 1);
    CHECK(profile(folder, {}, {"launch:b", "launch:c", "signal:9", "launch:d"}).status == 137);
    CHECK(rows(folder).size() == 3);
    CHECK(profile(folder, {}, {"launch:e", "signal:11"}).status == 139);
    CHECK(rows(folder).size() == 4);
    CHECK(runStates(folder) == std::vector<std::string>(3, "finished"));
    CHECK(profile(folder, {}, {"exit:255"}).status == 255);
    CHECK(runStates(folder).size() == 3);
}

TEST_CASE("the program's outputs are its own, byte for byte") {
    const Folder folder;
    const Outcome outcome =
        profile(folder, {}, {"out:no line end", "out-zero", "launch:a", "err:complaint\n"});
    CHECK(outcome.out == std::string("no line end\0\xff", 13));
    CHECK(outcome.err == "complaint\nridge: 1 measured in x.db\n  ridge show x.db\n");
}

TEST_CASE("a program without CUDA runs, and no file is made for it") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, {"profile", "--", "true"}, fake);
    CHECK(outcome.status == 0);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, ContainsSubstring("nothing was measured: true used no CUDA"));
    CHECK(runRidge(folder, {"profile", "--", "false"}, fake).status == 1);
    CHECK(folder.contents().empty());
}

TEST_CASE("why nothing was measured is said") {
    const Folder folder;
    std::string text;
    const auto run = [&](const Arguments& options, const Arguments& actions) {
        for (const std::string& word : options) text += word + " ";
        text += ":";
        for (const std::string& word : actions) text += " " + word;
        const Outcome outcome = profile(folder, options, actions);
        CHECK(outcome.status == 0);
        CHECK(outcome.out.empty());
        text += "\n" + outcome.err + "\n";
    };
    run({}, {});
    run({}, {"cuda"});
    run({"--kernel", "gemm", "--nvtx", "step/"}, {"launch:a", "launch:b"});
    run({"--start", "profiler-api"}, {"launch:a"});
    run({"--skip", "5"}, {"launch:a", "launch:b"});
    CHECK(folder.contents().empty());
    requireApproved("profile-nothing", text);
}

TEST_CASE("what can be wrong is refused before the program starts") {
    const Folder folder;
    folder.write("plain", "text");
    folder.write("foreign.db", "not a database, nor anything like one");
    std::string text;
    const auto run = [&](int status, const Arguments& options, const Arguments& command,
                         const Environment& environment = fake) {
        Arguments arguments{"profile"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        arguments.insert(arguments.end(), command.begin(), command.end());
        const Outcome outcome = runRidge(folder, arguments, environment);
        for (const std::string& word : arguments) text += word + " ";
        text += "\n" + outcome.err + "[" + std::to_string(outcome.status) + "]\n\n";
        CHECK(outcome.status == status);
        CHECK(outcome.out.empty());
    };
    const Arguments touch{"--", "touch", "started"};
    run(2, {}, {});
    run(2, {}, {"--"});
    run(2, {}, {"touch", "started"});
    run(2, {"--cuont", "3"}, touch);
    run(2, {}, {"--", "no-such-program"});
    run(2, {}, {"--", "./no-such-program"});
    run(2, {}, {"--", "plain"});
    run(2, {}, {"--", "./plain"});
    run(2, {"--nvtx", "step//x"}, touch);
    run(2, {"--nvtx", "regex:a(/"}, touch);
    run(2, {"--kernel", "gemm[z-a]"}, touch);
    run(2, {"--kernel", ""}, touch);
    run(2, {"--nvtx", ""}, touch);
    run(2, {"--nvtx="}, touch);
    run(2, {"--deny", ""}, touch);
    run(2, {"--deny", "a", "--deny", "b("}, touch);
    run(2, {"--mode", "range", "--deny", "a"}, touch);
    run(2, {"--count", "0"}, touch);
    run(2, {"--skip", "-1"}, touch);
    run(2, {"--start", "later"}, touch);
    run(2, {"--mode", "graph"}, touch);
    run(2, {"--graph", "all"}, touch);
    run(2, {"--cache", "rotate"}, touch);
    run(2, {"--metrics", "rooflin"}, touch);
    run(2, {"--mode", "range", "--kernel", "a"}, touch);
    run(2, {"--mode", "range", "--graph", "node"}, touch);
    run(1, {"-o", "foreign.db"}, touch);
    run(1, {"-o", "no-folder/x.db"}, touch);
    run(2, {}, touch,
        {{"RIDGE_INJECT", FAKE_INJECTION}, {"CUDA_INJECTION64_PATH", "/opt/other/profiler.so"}});
    run(2, {}, touch, {{"RIDGE_INJECT", "/no/such/library.so"}});
    run(3, {}, touch, {});
    CHECK(folder.contents().size() == 2);
    requireApproved("profile-errors", normalised(text, folder));
}

TEST_CASE("every process of the tree tells for itself") {
    const Folder folder;
    const Outcome outcome =
        profile(folder, {}, {"launch:parent", "fork:launch:child", "fork:launch:other", "launch:parent"});
    CHECK(outcome.status == 0);
    const json all = rows(folder);
    std::map<std::string, int> series;
    for (const json& row : all) ++series[row["series"].get<std::string>()];
    CHECK(series == std::map<std::string, int>{{"parent", 2}, {"child", 1}, {"other", 1}});
}

TEST_CASE("a process that is left behind does not keep ridge") {
    const Folder folder;
    const auto start = std::chrono::steady_clock::now();
    const Outcome outcome = profile(folder, {}, {"launch:a", "leave:sleep:30000"});
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(15));
    CHECK(outcome.status == 0);
    CHECK(rows(folder).size() == 1);
}

TEST_CASE("filters, notes and ranges reach the injected library and come back") {
    const Folder folder;
    const Outcome outcome =
        profile(folder,
                {"--kernel", "^g", "--nvtx", "step/", "--skip", "1", "--count", "1", "--cache", "warm",
                 "--metrics", "bytes"},
                {"launch:g0", "push:step", "push:ridge:batch=8,seq=x", "launch:a", "launch:g1", "launch:g2",
                 "launch:g3", "note:told once", "note:told once"});
    CHECK(outcome.err ==
          "ridge: ridge: range: seq=x is not a whole number; kept in params\nridge: told once\n"
          "ridge: 1 measured in x.db\n  ridge show x.db\n");
    const json all = rows(folder);
    REQUIRE(all.size() == 1);
    CHECK(all[0]["series"] == "g2");
    CHECK(all[0]["batch"] == 8);
    CHECK(all[0]["cache"] == "warm");
    CHECK(all[0]["metric_set"] == "bytes");
}

TEST_CASE("a kernel that would hang is recorded as skipped") {
    const Folder folder;
    const Outcome outcome = profile(folder, {}, {"launch:ncclDevKernel_AllReduce", "launch:a"});
    CHECK(outcome.status == 0);
    const json all = rows(folder);
    REQUIRE(all.size() == 2);
    CHECK(all[0]["status"] == "skipped");
    CHECK_THAT(all[0]["status_reason"].get<std::string>(), ContainsSubstring("wait for one another"));
    CHECK_THAT(outcome.err, ContainsSubstring("1 measured, 1 skipped in x.db"));
}

TEST_CASE("kernels that --deny names, each time it is given, are recorded as skipped") {
    const Folder folder;
    const Outcome outcome = profile(folder, {"--deny", "^my_barrier$", "--deny", "all_to_all"},
                                    {"launch:my_barrier", "launch:my_barrier2", "launch:moe_all_to_all_v2"});
    CHECK(outcome.status == 0);
    const json all = rows(folder);
    REQUIRE(all.size() == 3);
    CHECK(all[0]["status"] == "skipped");
    CHECK_THAT(all[0]["status_reason"].get<std::string>(), ContainsSubstring("--deny"));
    CHECK(all[1]["status"] == "ok");
    CHECK(all[2]["status"] == "skipped");
}

TEST_CASE("a signal to ridge reaches the program once, and what was measured is kept") {
    const Folder folder;
    const pid_t process =
        startRidge(folder, profiling({}, {"launch:a", "count-interrupts:700", "signal:15"}), fake);
    awaitFile(folder, "ready");
    ::kill(process, SIGINT);
    const Outcome outcome = finish(process, folder);
    CHECK(outcome.out == "interrupts 1\n");
    CHECK(outcome.status == 143);
    CHECK(rows(folder).size() == 1);
    CHECK(runStates(folder) == std::vector<std::string>{"interrupted"});
}

TEST_CASE("SIGTERM ends a program that does not handle it, with 143") {
    const Folder folder;
    const pid_t process = startRidge(folder, profiling({}, {"launch:a", "file:ready", "sleep:30000"}), fake);
    awaitFile(folder, "ready");
    ::kill(process, SIGTERM);
    CHECK(finish(process, folder).status == 143);
    CHECK(rows(folder).size() == 1);
}

TEST_CASE("when ridge is killed the program goes on, and the file holds what was committed") {
    const Folder folder;
    Environment environment = fake;
    environment["TMPDIR"] = folder.path().string();  // where the killed process leaves its socket
    const pid_t process = startRidge(folder,
                                     profiling({}, {"launch:a", "launch:b", "sleep:300", "file:ready",
                                                    "sleep:300", "launch:c", "file:end"}),
                                     environment);
    awaitFile(folder, "ready");
    ::kill(process, SIGKILL);
    CHECK(finish(process, folder).status == 137);
    awaitFile(folder, "end");
    CHECK(rows(folder).size() == 2);
}

TEST_CASE("another run is added to the file that is there") {
    const Folder folder;
    CHECK(profile(folder, {}, {"launch:a"}).status == 0);
    CHECK(profile(folder, {}, {"launch:b"}).status == 0);
    CHECK(rows(folder).size() == 2);
    CHECK(runStates(folder).size() == 2);
}

TEST_CASE("a results file that fails meanwhile does not fail the program") {
    const Folder folder;
    const Outcome outcome = profile(folder, {}, {"file:x.db", "launch:a", "launch:b", "exit:5"});
    CHECK(outcome.status == 5);
    CHECK_THAT(outcome.err, ContainsSubstring("no more is recorded"));
    CHECK(readFile(folder / "x.db") == "here");
}

TEST_CASE("a reader of the outputs that goes away ends neither ridge nor what it measures") {
    const Folder folder;
    const std::string line = "cd " + folder.path().string() +
                             " && (RIDGE_INJECT=" FAKE_INJECTION " " RIDGE_BIN_DIR
                             "/ridge profile -o x.db -- " PROFILED_PROGRAM
                             " launch:a sleep:300 note:unheard launch:b; echo $? > status) 2>&1 | true";
    CHECK(std::system(line.c_str()) == 0);
    awaitFile(folder, "status");
    CHECK(readFile(folder / "status") == "0\n");
    CHECK(rows(folder).size() == 2);
    CHECK(runStates(folder) == std::vector<std::string>{"finished"});
}

TEST_CASE("a program starts with the signals that ridge was started with") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, {"profile", "--", "cat", "/proc/self/status"}, fake);
    const std::string own = readFile("/proc/self/status");
    for (const char* set : {"SigBlk:", "SigIgn:"}) CHECK(signals(outcome.out, set) == signals(own, set));
    const Outcome bare = runRidge(folder, {"profile", "--", "sh", "-c", "kill -PIPE $$"}, fake);
    CHECK(bare.status == 128 + SIGPIPE);
}

TEST_CASE("the program's input is its own") {
    const Folder folder;
    const std::string line = "cd " + folder.path().string() +
                             " && printf 'a\\nb' | RIDGE_INJECT=" FAKE_INJECTION " " RIDGE_BIN_DIR
                             "/ridge profile -- cat > copy 2> notes";
    CHECK(std::system(line.c_str()) == 0);
    CHECK(readFile(folder / "copy") == "a\nb");
}
