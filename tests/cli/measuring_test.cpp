// SPDX-License-Identifier: Apache-2.0
// Measuring runs against a worker that is no GPU: what is kept when it breaks, and what a resumed run does.
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "db/results.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using nlohmann::json;
using Arguments = std::vector<std::string>;

namespace {

Environment fake(const Folder& folder, const std::string& rules) {
    return {{"RIDGE_WORKER", fakeWorker()}, {"FAKE_WORKER", rules}, {"FAKE_WORKER_LOG", folder / "out.log"}};
}

/// Twelve rows of ten shapes: qkv, up, gate (as up), down, qk and pv in prefill and in decode, one setting.
const Arguments small{"collect", "llama-13b", "-o", "x.db", "--set", "batch=4", "--set", "seq=128"};

Arguments with(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

json rows(const Folder& folder, const std::string& where = "1") {
    const Outcome outcome = runRidge(folder, {"show", "x.db", "--format", "json", "--where", where});
    INFO(outcome.err);
    REQUIRE(outcome.status == 0);
    return json::parse(outcome.out);
}

std::size_t measurements(const Folder& folder) {
    const std::string log = readFile(folder.path() / "out.log");
    return static_cast<std::size_t>(std::count(log.begin(), log.end(), '\n'));
}

std::string runState(const Folder& folder) {
    const auto runs = ridge::db::Results::open(folder / "x.db").table("v_runs", {}, {}, {"state"});
    REQUIRE(runs.rows.size() == 1);
    return std::get<std::string>(runs.rows[0][0]);
}

}  // namespace

TEST_CASE("a measured run keeps every point with its device, and shares equal shapes") {
    const Folder folder;
    const Outcome outcome =
        runRidge(folder, {"collect", "llama-13b", "-o", "x.db", "--set", "batch=4"}, fake(folder, ""));
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    const json all = rows(folder);
    CHECK(all.size() == 84);
    std::size_t own = 0;
    for (const json& row : all) {
        CHECK(row["provenance"] == "measured");
        CHECK(row["device_uuid"] == "GPU-00000000-0000-0000-0000-000000000000");
        CHECK(row["metric_set"] == "roofline");
        if (row["measured_as"].is_null()) ++own;
    }
    CHECK(own == measurements(folder));
    CHECK(own < all.size());
    for (const json& row : rows(folder, "measured_as IS NOT NULL")) {
        const json source = rows(folder, "point_id = " + row["measured_as"].dump())[0];
        CHECK(row["time_ns"] == source["time_ns"]);
        CHECK(row["dram_bytes"] == source["dram_bytes"]);
        CHECK(row["m"] == source["m"]);
        CHECK((row["seq"] != source["seq"] || row["operator"] != source["operator"]));
    }
    CHECK_THAT(outcome.err, ContainsSubstring("[84/84]"));
}

TEST_CASE("whatever a worker does costs one point, and the reason is kept") {
    const auto [rule, reason] = GENERATE(table<std::string, std::string>({
        {"crash:down", "the worker died by signal 11 (SIGSEGV)"},
        {"exit:down", "the worker exited with 3"},
        {"hang:down", "the worker did not answer within 0.5 s"},
        {"silent:down", "the worker closed its output without answering"},
        {"garbage:down", "not a reply of a worker"},
        {"refuse:down", "cublasGemmEx: CUBLAS_STATUS_NOT_SUPPORTED"},
        {"no-memory:down", "cudaErrorMemoryAllocation"},
        {"lost:down", "cudaErrorIllegalAddress"},
        {"other:down", "the worker answered another question"},
    }));
    const Folder folder;
    const Outcome outcome = runRidge(folder, with(small, {"--timeout", "0.5"}), fake(folder, rule));
    INFO(rule << "\n" << outcome.err);
    // The repetition rule of the plan is longer than half a second; the fake does not repeat.
    CHECK(outcome.status == 6);
    const json failed = rows(folder, "status = 'failed'");
    CHECK(failed.size() == 2);  // in prefill and in decode
    for (const json& row : failed) {
        CHECK(row["operator"] == "down");
        CHECK(row["time_ns"].is_null());
        CHECK_THAT(row["status_reason"].get<std::string>(), ContainsSubstring(reason));
    }
    CHECK(rows(folder, "status = 'ok'").size() == 10);
    CHECK(runState(folder) == "finished");
}

TEST_CASE("the longest repetition of a point reaches the worker") {
    const Folder folder;
    REQUIRE(runRidge(folder, with(small, {"--max-time-per-point", "0.25"}), fake(folder, "")).status == 0);
    CHECK(rows(folder, "time_method LIKE '%at most 0.25%'").size() == 12);
}

TEST_CASE("--partial-ok makes failed points an exit status of 0") {
    const Folder folder;
    CHECK(runRidge(folder, with(small, {"--partial-ok"}), fake(folder, "refuse:down")).status == 0);
}

TEST_CASE("resuming tries failed points again, replaces them, and measures nothing twice") {
    const Folder folder;
    REQUIRE(runRidge(folder, small, fake(folder, "refuse:down")).status == 6);
    const std::size_t before = measurements(folder);
    const Outcome outcome = runRidge(folder, with(small, {"--resume"}), fake(folder, ""));
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    CHECK(measurements(folder) == before + 2);
    CHECK(rows(folder).size() == 12);
    CHECK(rows(folder, "status = 'ok'").size() == 12);
    const auto complete = folder.contents();
    CHECK(runRidge(folder, with(small, {"--resume"}), fake(folder, "")).status == 0);
    CHECK(folder.contents() == complete);
}

TEST_CASE(
    "a failed parent that is tried again keeps the children that were measured, and measures none again") {
    const Folder folder;
    const Arguments steps{"collect", "gpt2-l", "-o", "x.db", "--set", "seq=200"};
    REQUIRE(runRidge(folder, steps, fake(folder, "crash:step,refuse:layer")).status == 6);
    const json before = rows(folder, "status = 'ok'");
    const json failed = rows(folder, "status = 'failed' AND measured_as IS NULL");
    REQUIRE_FALSE(before.empty());
    REQUIRE_FALSE(failed.empty());
    const std::size_t measuredBefore = measurements(folder);
    const Outcome outcome = runRidge(folder, with(steps, {"--resume"}), fake(folder, ""));
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    CHECK(measurements(folder) == measuredBefore + failed.size());
    const json after = rows(folder);
    CHECK(rows(folder, "status = 'ok'").size() == after.size());
    for (const json& row : before) CHECK(std::find(after.begin(), after.end(), row) != after.end());
    for (const json& row : rows(folder, "operator IN ('qkv', 'fc1')"))
        CHECK_FALSE(row["parent_id"].is_null());
}

TEST_CASE("another metric set or cache mode is another measurement") {
    const Folder folder;
    REQUIRE(runRidge(folder, small, fake(folder, "")).status == 0);
    REQUIRE(runRidge(folder, with(small, {"--resume", "--cache", "warm"}), fake(folder, "")).status == 0);
    REQUIRE(runRidge(folder, with(small, {"--resume", "--metrics", "none"}), fake(folder, "no-counters"))
                .status == 0);
    CHECK(rows(folder).size() == 36);
}

TEST_CASE("a parent is measured with its children inside, and they hang on it") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, {"collect", "gpt2-l", "-o", "x.db"}, fake(folder, ""));
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    const json parents = rows(folder, "operator IN ('layer', 'step')");
    REQUIRE_FALSE(parents.empty());
    for (const json& row : rows(folder, "operator IN ('qkv', 'fc1')"))
        CHECK_FALSE(row["parent_id"].is_null());
    REQUIRE(runRidge(folder, {"collect", "gpt2-l", "-o", "x.db", "--resume"}, fake(folder, "crash")).status ==
            0);
}

TEST_CASE("two GPUs measure every point each, all means all there are") {
    const Folder folder;
    CHECK(runRidge(folder, with(small, {"--device", "all"}), fake(folder, "")).status == 0);
    CHECK(rows(folder).size() == 24);
    CHECK(rows(folder, "device_uuid LIKE '%1'").size() == 12);
}

TEST_CASE("a signal ends a run within seconds and keeps everything measured") {
    const auto [signal, code] = GENERATE(table<int, int>({{SIGINT, 130}, {SIGTERM, 143}}));
    const Folder folder;
    const pid_t process = startRidge(folder, small, fake(folder, "slow,hang:qk"));
    const auto start = std::chrono::steady_clock::now();
    // The fourth is asked for when the third is in the file.
    while (measurements(folder) < 4 && std::chrono::steady_clock::now() - start < std::chrono::seconds(20))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ::kill(process, signal);
    const auto sent = std::chrono::steady_clock::now();
    const Outcome outcome = finish(process, folder);
    INFO(outcome.err);
    CHECK(std::chrono::steady_clock::now() - sent < std::chrono::seconds(10));
    CHECK(outcome.status == code);
    CHECK_THAT(outcome.err, ContainsSubstring("interrupted after"));
    CHECK_THAT(outcome.err, ContainsSubstring("--resume"));
    CHECK(runState(folder) == "interrupted");
    const std::size_t kept = rows(folder, "status = 'ok'").size();
    CHECK(kept >= 3);
    CHECK(kept < 12);
    CHECK_FALSE(std::filesystem::exists(folder / "x.db-wal"));

    const std::size_t before = measurements(folder);
    const std::size_t keptShapes = rows(folder, "measured_as IS NULL").size();
    REQUIRE(runRidge(folder, with(small, {"--resume"}), fake(folder, "")).status == 0);
    CHECK(rows(folder, "status = 'ok'").size() == 12);
    CHECK(measurements(folder) == before + 10 - keptShapes);
}

TEST_CASE("an interrupted worker that never answers does not hold the run up") {
    const Folder folder;
    const pid_t process = startRidge(folder, small, fake(folder, "hang"));
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    ::kill(process, SIGTERM);
    CHECK(finish(process, folder).status == 143);
    // Nothing was measured, but the run happened and the file says so.
    CHECK(runState(folder) == "interrupted");
}
