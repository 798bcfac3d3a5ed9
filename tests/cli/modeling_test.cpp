// SPDX-License-Identifier: Apache-2.0
// From a plan to the numbers a user reads: collect --model, then show.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using nlohmann::json;
using Arguments = std::vector<std::string>;

namespace {

json show(const Folder& folder, const std::string& where) {
    const Outcome outcome = runRidge(folder, {"show", "x.db", "--format", "json", "--where", where});
    INFO(where << "\n" << outcome.err);
    REQUIRE(outcome.status == 0);
    return json::parse(outcome.out);
}

Outcome collect(const Folder& folder, const Arguments& more) {
    Arguments arguments{"collect", "llama-13b", "--model", "NVIDIA A40", "-o", "x.db"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return runRidge(folder, arguments);
}

}  // namespace

TEST_CASE("a modelled decode GEMM takes the time its bytes take at 696 GB/s") {
    const Folder folder;
    REQUIRE(collect(folder, {}).status == 0);
    const json rows = show(folder, "operator='up' AND phase='ar' AND batch=1 AND seq=128");
    REQUIRE(rows.size() == 1);
    const json& row = rows[0];
    // t=1, h=5120, i=13824: 2(th + hi + ti) bytes and 2thi FLOPs, by hand.
    const double bytes = 2.0 * (5120 + 5120.0 * 13824 + 13824);
    const double flops = 2.0 * 5120 * 13824;
    CHECK_THAT(row["compulsory_bytes"].get<double>(), WithinRel(bytes, 1e-12));
    CHECK_THAT(row["flops_algorithmic"].get<double>(), WithinRel(flops, 1e-12));
    CHECK_THAT(row["time_ns"].get<double>(), WithinRel(bytes / 696e9 * 1e9, 1e-12));
    CHECK_THAT(row["time_ns"].get<double>(), WithinRel(203442.02, 1e-6));
    CHECK(row["bound"] == "memory");
    CHECK(row["provenance"] == "modeled");
    CHECK(row["implementation"] == "attainable");
}

TEST_CASE("a modelled prefill GEMM takes the time its FLOPs take at 149.7 TFLOP/s") {
    const Folder folder;
    REQUIRE(collect(folder, {}).status == 0);
    const json rows = show(folder, "operator='down' AND phase='init' AND batch=1 AND seq=8192");
    REQUIRE(rows.size() == 1);
    const double flops = 2.0 * 8192 * 5120 * 13824;
    CHECK_THAT(rows[0]["time_ns"].get<double>(), WithinRel(flops / 149.7e12 * 1e9, 1e-12));
    CHECK_THAT(rows[0]["algorithmic_flops_per_s"].get<double>(), WithinRel(149.7e12, 1e-12));
    CHECK(rows[0]["bound"] == "compute");
}

TEST_CASE("nothing that only counters can tell is in a modelled row") {
    const Folder folder;
    REQUIRE(collect(folder, {}).status == 0);
    for (const json& row : show(folder, "1")) {
        for (const char* column :
             {"flops_executed", "dram_bytes", "dram_read_bytes", "dram_write_bytes", "l2_bytes", "l1_bytes",
              "samples", "time_low_ns", "time_high_ns", "passes", "sm_clock_hz", "intensity", "flops_per_s",
              "roof_fraction", "device_uuid", "metric_set", "cache"}) {
            INFO(column);
            REQUIRE(row.at(column).is_null());
        }
    }
}

TEST_CASE("what does not fit the device is skipped with the reason and without a time") {
    const Folder folder;
    const Outcome outcome = collect(folder, {});
    CHECK(outcome.status == 0);
    const json skipped = show(folder, "status='skipped'");
    REQUIRE_FALSE(skipped.empty());
    for (const json& row : skipped) {
        CHECK(row["time_ns"].is_null());
        CHECK_FALSE(row["flops_algorithmic"].is_null());
        CHECK_THAT(row["status_reason"].get<std::string>(), ContainsSubstring("the device has 51.5 GB"));
    }
    CHECK_THAT(outcome.err, ContainsSubstring("(" + std::to_string(skipped.size()) + " skipped)"));
}

TEST_CASE("--set, --only and --shard choose points, and parts make the whole") {
    const Folder folder;
    REQUIRE(collect(folder, {"--set", "batch=2,4", "--only", "phase='ar' AND operator='qk'"}).status == 0);
    CHECK(show(folder, "1").size() == 14);
    std::filesystem::remove(folder.path() / "x.db");
    std::set<std::string> seen;
    for (const char* part : {"0/3", "1/3", "2/3"}) {
        REQUIRE(collect(folder, {"--shard", part}).status == 0);
    }
    for (const json& row : show(folder, "1")) {
        json key;
        for (const char* column : {"series", "operator", "phase", "batch", "seq"}) key.push_back(row[column]);
        CHECK(seen.insert(key.dump()).second);
    }
    CHECK(seen.size() == 588);
}

TEST_CASE("resuming models only what is missing, in any state of the file") {
    const Folder folder;
    folder.write("x.db", "");
    REQUIRE(collect(folder, {"--resume", "--only", "batch < 8"}).status == 0);
    const std::size_t first = show(folder, "1").size();
    REQUIRE(collect(folder, {"--resume"}).status == 0);
    CHECK(first < 588);
    CHECK(show(folder, "1").size() == 588);
    const auto complete = folder.contents();
    const Outcome again = collect(folder, {"--resume"});
    CHECK(again.status == 0);
    CHECK_THAT(again.err, ContainsSubstring("nothing left to do: 588 points"));
    CHECK(folder.contents() == complete);
}

TEST_CASE("all four plans resume to nothing: no two of their rows have the same key") {
    const Folder folder;
    const Arguments all{"collect",
                        "gpt2-l",
                        "llama-13b",
                        "llama-33b-speculation",
                        "batch-invariant",
                        "--model",
                        "NVIDIA H200",
                        "-o",
                        "x.db",
                        "--resume"};
    REQUIRE(runRidge(folder, all).status == 0);
    const std::string rows = std::to_string(show(folder, "1").size());
    const Outcome again = runRidge(folder, all);
    CHECK(again.status == 0);
    CHECK_THAT(again.err, ContainsSubstring("nothing left to do: " + rows + " points"));
}

TEST_CASE("a dry run prints the rows and touches no file") {
    const Folder folder;
    const Outcome outcome =
        runRidge(folder, {"collect", "llama-13b", "--dry-run", "--set", "batch=1,64", "--set", "seq=128"});
    CHECK(outcome.status == 0);
    CHECK(folder.contents().empty());
    requireApproved("dry-run", outcome.out);
    const Outcome events = runRidge(
        folder, {"collect", "llama-13b", "--dry-run", "--json", "--set", "batch=1", "--set", "seq=128"});
    CHECK(json::parse(events.out.substr(0, events.out.find('\n')))["event"] == "plan");
    CHECK(folder.contents().empty());
}

TEST_CASE("JSON events name the plan, every point and the end") {
    const Folder folder;
    const Outcome outcome = collect(folder, {"--json", "--set", "batch=1", "--set", "seq=128"});
    REQUIRE(outcome.status == 0);
    std::map<std::string, int> events;
    std::istringstream lines(outcome.out);
    json last;
    for (std::string line; std::getline(lines, line);) {
        last = json::parse(line);
        ++events[last["event"].get<std::string>()];
    }
    CHECK(events == std::map<std::string, int>{{"plan", 1}, {"point", 12}, {"done", 1}});
    CHECK(last["state"] == "finished");
    CHECK(last["ok"] == 12);
}

TEST_CASE("a table shows units, provenance and a dash for what is absent") {
    const Folder folder;
    const Outcome outcome =
        collect(folder, {"--set", "batch=1,64", "--set", "seq=8192", "--only", "operator IN ('qkv','qk')"});
    REQUIRE(outcome.status == 0);
    std::string text = normalised(outcome.err, folder);
    for (const char* format : {"text", "md", "csv"}) {
        const Outcome shown = runRidge(folder, {"show", "x.db", "--sort", "-time_ns", "--format", format});
        CHECK(shown.status == 0);
        text += "\n$ ridge show --format " + std::string(format) + "\n" + shown.out;
    }
    for (auto at = text.find(RIDGE_VERSION); at != std::string::npos; at = text.find(RIDGE_VERSION, at + 1))
        text.replace(at, std::string(RIDGE_VERSION).size(), "VERSION");
    const std::string uuid = show(folder, "1")[0]["run_uuid"];
    for (auto at = text.find(uuid); at != std::string::npos; at = text.find(uuid))
        text.replace(at, uuid.size(), "UUID");
    requireApproved("show", text);
}

TEST_CASE("several files are one table with a column that names the file") {
    const Folder folder;
    REQUIRE(collect(folder, {"--set", "batch=1", "--set", "seq=128"}).status == 0);
    std::filesystem::copy_file(folder / "x.db", folder / "y.db");
    const Outcome outcome =
        runRidge(folder, {"show", "x.db", "y.db", "--format", "json", "--sort", "-time_ns"});
    REQUIRE(outcome.status == 0);
    const json rows = json::parse(outcome.out);
    REQUIRE(rows.size() == 24);
    CHECK(rows[0]["file"] == "x.db");
    CHECK(rows[1]["file"] == "y.db");
    CHECK(rows[0]["time_ns"] == rows[1]["time_ns"]);
    CHECK(rows[0]["time_ns"] > rows[23]["time_ns"]);
}

TEST_CASE("the lists name what share holds") {
    const Folder folder;
    std::string text;
    for (const char* noun : {"plans", "workloads", "models", "devices", "figures"}) {
        const Outcome outcome = runRidge(folder, {"list", noun});
        CHECK(outcome.status == 0);
        CHECK(json::parse(runRidge(folder, {"list", noun, "--json"}).out).is_array());
        text += "$ ridge list " + std::string(noun) + "\n" + outcome.out + "\n";
    }
    requireApproved("lists", text);
}
