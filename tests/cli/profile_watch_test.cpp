// SPDX-License-Identifier: Apache-2.0
// ridge profile beside a GPU that NVML, a fake library, tells about.
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using nlohmann::json;

namespace {

/// Of the second launch: a busy machine may be late with its first look.
std::string flagsOf(const std::vector<std::string>& options, const Environment& added) {
    const Folder folder;
    Environment environment{{"RIDGE_INJECT", FAKE_INJECTION}, {"LD_LIBRARY_PATH", FAKE_NVML_FOLDER}};
    environment.insert(added.begin(), added.end());
    std::vector<std::string> arguments{"profile", "-o", "x.db"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {"--", PROFILED_PROGRAM, "launch:a", "sleep:200", "launch:b"});
    const Outcome outcome = runRidge(folder, arguments, environment);
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "ridge: 2 measured in x.db\n  ridge show x.db\n");
    const Outcome shown = runRidge(folder, {"show", "x.db", "--format", "json"});
    return json::parse(shown.out).at(1)["flags"];
}

}  // namespace

TEST_CASE("a launch is flagged by what NVML sees beside the program") {
    const std::string always = "under_20us,multi_pass";
    CHECK(flagsOf({}, {}) == always);
    CHECK(flagsOf({}, {{"FAKE_CLOCK_EVENTS", "0x3"}}) == always);  // idle, a chosen clock
    CHECK(flagsOf({}, {{"FAKE_CLOCK_EVENTS", "0x4"}}) == always + ",throttled");
    CHECK(flagsOf({}, {{"FAKE_OTHER_USER", "1"}}) == always + ",shared_device");
    CHECK(flagsOf({"--time-run"}, {{"FAKE_CLOCK_EVENTS", "0x40"}, {"FAKE_NUMBERS", "clock=1.3e9"}}) ==
          always + ",throttled,clock_drift");
}

TEST_CASE("a process that was killed uses the GPU no more: another user is not taken for it") {
    const Folder folder;
    const std::string program = PROFILED_PROGRAM;
    const std::string script =
        program + " launch:a sleep:100 launch:a2 signal:9; " + program + " launch:b sleep:200 launch:c; true";
    const Outcome outcome = runRidge(
        folder, {"profile", "-o", "x.db", "--", "sh", "-c", script},
        {{"RIDGE_INJECT", FAKE_INJECTION}, {"LD_LIBRARY_PATH", FAKE_NVML_FOLDER}, {"FAKE_OTHER_USER", "1"}});
    CHECK(outcome.status == 0);
    const json rows = json::parse(runRidge(folder, {"show", "x.db", "--format", "json"}).out);
    REQUIRE(rows.size() == 4);
    CHECK(rows.at(3)["flags"] == "under_20us,multi_pass,shared_device");
}
