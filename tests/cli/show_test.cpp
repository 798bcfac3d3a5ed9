// SPDX-License-Identifier: Apache-2.0
// ridge show --view: what counters, samples and kernels a file holds, beside the points they belong to.
#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using nlohmann::json;
using Arguments = std::vector<std::string>;

namespace {

constexpr const char* ownSet = R"(summary = "what L2 serves"
formula_version = 1
[[counter]]
role = "l2_hits"
any_of = ["lts__t_sectors_lookup_hit.sum"]
unit = "sector"
[[counter]]
role = "half2"
any_of = ["smsp__sass_thread_inst_executed_op_hfma_pred_on.sum"]
unit = "instruction"
[[quantity]]
name = "l2_served_bytes"
unit = "byte"
weights = { l2_hits = 32 }
[[path]]
name = "half2"
weights = { half2 = 4 }
upper_bound = true
)";

void collect(const Folder& folder) {
    folder.write("mine.toml", ownSet);
    const Outcome outcome =
        runRidge(folder,
                 {"collect", "llama-13b", "-o", "x.db", "--set", "batch=4", "--set", "seq=128", "--metrics",
                  "./mine.toml", "--only", "phase = 'ar' AND operator IN ('up', 'gate', 'down')"},
                 {{"RIDGE_WORKER", fakeWorker()}});
    INFO(outcome.err);
    REQUIRE(outcome.status == 0);
}

}  // namespace

TEST_CASE("what a user's own metric set computes is shown with its counters, units and points") {
    const Folder folder;
    collect(folder);
    std::string text;
    for (const Arguments& more : std::vector<Arguments>{
             {"--view", "metrics"},
             {"--view", "metrics", "--where", "operator = 'up' AND origin <> 'counter'", "--format", "csv"},
             {"--view", "v_metrics", "--where", "unit = 'byte'", "--sort", "-point_id", "--format", "md"},
             {"--view", "samples", "--where", "operator = 'down'"}}) {
        Arguments arguments{"show", "x.db"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome shown = runRidge(folder, arguments);
        INFO(shown.err);
        CHECK(shown.status == 0);
        text += "$ ridge";
        for (const std::string& argument : arguments) text += " " + argument;
        text += "\n" + shown.out + "\n";
    }
    requireApproved("show-views", text);
}

TEST_CASE("a metric set's file is known by its content, not by where it lies") {
    const Folder folder;
    collect(folder);
    const auto again = [&](const std::string& set) {
        return runRidge(folder,
                        {"collect", "llama-13b", "-o", "x.db", "--set", "batch=4", "--set", "seq=128",
                         "--metrics", set, "--only", "phase = 'ar' AND operator = 'up'", "--resume"},
                        {{"RIDGE_WORKER", fakeWorker()}})
            .status;
    };
    const auto sets = [&] {
        std::set<std::string> names;
        for (const json& row : json::parse(runRidge(folder, {"show", "x.db", "--format", "json"}).out))
            names.insert(row["metric_set"].get<std::string>());
        return names;
    };
    REQUIRE(again(folder / "mine.toml") == 0);
    REQUIRE(sets().size() == 1);
    CHECK(sets().begin()->rfind("mine@", 0) == 0);
    folder.write("mine.toml", ownSet + std::string("# changed\n"));
    REQUIRE(again("./mine.toml") == 0);
    CHECK(sets().size() == 2);
}

TEST_CASE("programs get every digit of a metric, and which point it is of") {
    const Folder folder;
    collect(folder);
    const json rows = json::parse(runRidge(folder, {"show", "x.db", "--view", "metrics", "--where",
                                                    "name = 'half2'", "--format", "json"})
                                      .out);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0]["operator"] == "up");
    CHECK(rows[0]["device"].is_string());
    CHECK(rows[0].contains("model"));
    CHECK(rows[0]["value"] == 400);
    CHECK(rows[0]["unit"] == "flop");
    CHECK(rows[0]["origin"] == "path");
    CHECK(rows[0]["upper_bound"] == 1);
    CHECK(rows[0]["measured_as"].is_null());
    CHECK(rows[1]["operator"] == "gate");
    CHECK(rows[1]["measured_as"] == rows[0]["point_id"]);
}

TEST_CASE("every view is shown, of several files too") {
    const Folder folder;
    collect(folder);
    std::filesystem::copy_file(folder / "x.db", folder / "y.db");
    for (const char* view : {"points", "metrics", "samples", "ceilings", "runs"}) {
        INFO(view);
        const Outcome one = runRidge(folder, {"show", "x.db", "--view", view, "--format", "json"});
        const Outcome two = runRidge(folder, {"show", "x.db", "y.db", "--view", view, "--format", "json"});
        REQUIRE(two.status == 0);
        CHECK(json::parse(two.out).size() == 2 * json::parse(one.out).size());
        CHECK(json::parse(two.out).back()["file"] == "y.db");
        CHECK(runRidge(folder, {"show", "x.db", "y.db", "--view", view}).out.rfind("file", 0) == 0);
    }
}

TEST_CASE("a view without rows says how to come by some, and an unknown one which there are") {
    const Folder folder;
    collect(folder);
    std::string text;
    for (const Arguments& more : std::vector<Arguments>{{"--view", "kernels"},
                                                        {"--view", "metrics", "--where", "operator = 'qkv'"},
                                                        {"--view", "samples", "--sort", "operater"},
                                                        {"--view", "metrics", "--where", "nme = 'half2'"},
                                                        {"--view", "counters"}}) {
        Arguments arguments{"show", "x.db"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = runRidge(folder, arguments);
        CHECK(outcome.out.empty());
        text += "$ ridge";
        for (const std::string& argument : arguments) text += " " + argument;
        text += "\n" + outcome.err + "[" + std::to_string(outcome.status) + "]\n\n";
    }
    requireApproved("show-views-nothing", text);
}
