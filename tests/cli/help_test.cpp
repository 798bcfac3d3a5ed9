// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using Arguments = std::vector<std::string>;

TEST_CASE("every command explains itself on standard output") {
    const Folder folder;
    std::string text;
    for (const Arguments& command : std::vector<Arguments>{{},
                                                           {"collect"},
                                                           {"ceilings"},
                                                           {"doctor"},
                                                           {"list"},
                                                           {"list", "plans"},
                                                           {"list", "workloads"},
                                                           {"list", "models"},
                                                           {"list", "metrics"},
                                                           {"list", "devices"},
                                                           {"list", "figures"},
                                                           {"profile"},
                                                           {"show"}}) {
        Arguments arguments = command;
        arguments.emplace_back("--help");
        const Outcome outcome = runRidge(folder, arguments);
        CHECK(outcome.status == 0);
        CHECK(outcome.err.empty());
        for (const std::string& word : arguments)
            text += (text.empty() || text.back() == '\n' ? "$ ridge " : " ") + word;
        text += "\n" + outcome.out + "\n";
    }
    CHECK(folder.contents().empty());
    requireApproved("help", text);
}

TEST_CASE("the version is one line") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, {"--version"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "ridge " RIDGE_VERSION "\n");
}

TEST_CASE("doctor says what stops this machine, for people and for programs") {
    const Folder folder;
    std::string text;
    const Environment fake{{"RIDGE_WORKER", fakeWorker()}};
    const auto run = [&](int status, Environment environment, const std::string& rules,
                         const Arguments& more = {}) {
        environment["FAKE_WORKER"] = rules;
        Arguments arguments{"doctor"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = runRidge(folder, arguments, environment);
        CHECK(outcome.status == status);
        std::string out = outcome.out;
        for (auto at = out.find(fakeWorker()); at != std::string::npos; at = out.find(fakeWorker()))
            out.replace(at, fakeWorker().size(), "WORKER");
        text += out + "[" + std::to_string(outcome.status) + "]\n\n";
    };
    run(3, {}, "");
    run(0, fake, "");
    run(3, fake, "no-driver");
    run(4, fake, "no-counters");
    run(4, fake, "no-counters", {"--json"});
    run(1, fake, "no-cupti");
    run(1, fake, "no-cupti,no-counters");
    run(3, fake, "no-driver,no-cupti", {"--json"});
    Environment two = fake;
    two["FAKE_GPUS"] = "2";
    run(0, two, "");
    run(0, two, "no-counters:0");
    run(0, two, "no-counters:0", {"--json"});
    run(0, two, "no-counters:0", {"--device", "1"});
    run(4, two, "no-counters:0", {"--device", "0,1"});
    run(0, two, "dead:0");
    run(0, two, "dead:1");
    run(3, fake, "dead:0");
    run(3, two, "", {"--device", "2"});
    const Outcome unknown = runRidge(folder, {"doctor", "--device", "x"}, fake);
    CHECK(unknown.status == 2);
    CHECK_THAT(unknown.err, ContainsSubstring("'x' is no GPU index and no UUID"));
    requireApproved("doctor", text);
}

TEST_CASE("list metrics is one object for one chip and one set, else an array") {
    const Folder folder;
    const Environment fake{{"RIDGE_WORKER", fakeWorker()}};
    std::string text;
    for (const Arguments& more : std::vector<Arguments>{{"--chip", "GH100", "--set", "roofline", "--json"},
                                                        {"--chip", "GH100", "--json"},
                                                        {},
                                                        {"--chip", "GH100"},
                                                        {"--chip", "GH100", "--set", "roofline"}}) {
        Arguments arguments{"list", "metrics"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = runRidge(folder, arguments, fake);
        CHECK(outcome.status == 0);
        text += outcome.out + "\n";
    }
    requireApproved("list-metrics", text);
}
