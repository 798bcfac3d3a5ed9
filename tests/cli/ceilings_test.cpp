// SPDX-License-Identifier: Apache-2.0
// Ceilings and the self-check against a worker that is no GPU: what is kept, what is refused, what is said.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "db/results.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using nlohmann::json;
using Arguments = std::vector<std::string>;

namespace {

Environment fake(const std::string& rules) {
    return {{"RIDGE_WORKER", fakeWorker()}, {"FAKE_WORKER", rules}};
}

std::vector<ridge::db::Ceiling> measuredIn(const Folder& folder) {
    std::vector<ridge::db::Ceiling> measured;
    for (const ridge::db::CeilingRow& row : ridge::db::Results::open(folder / "x.db").ceilings()) {
        if (row.ceiling.origin == "measured") measured.push_back(row.ceiling);
    }
    return measured;
}

std::string runState(const Folder& folder) {
    const auto runs = ridge::db::Results::open(folder / "x.db").table("v_runs", {}, {}, {"state"});
    return std::get<std::string>(runs.rows.at(0).at(0));
}

std::string shown(const Outcome& outcome) {
    return outcome.out + "-- stderr\n" + outcome.err + "[" + std::to_string(outcome.status) + "]\n\n";
}

}  // namespace

TEST_CASE("every ceiling that a device has is measured, kept and shown against its data sheet") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, {"ceilings", "-o", "x.db"}, fake(""));
    CHECK(outcome.status == 0);
    const auto measured = measuredIn(folder);
    REQUIRE(measured.size() == 13);  // the device has no fp8
    for (const ridge::db::Ceiling& ceiling : measured) {
        INFO(ceiling.name);
        CHECK(ceiling.name != "tensor_fp8");
        CHECK(ceiling.clockHz == 1.74e9);
        CHECK(ceiling.spread == 0.001);
        CHECK_FALSE(ceiling.method.empty());
        CHECK(std::regex_match(ceiling.measuredAt, std::regex("....-..-..T..:..:..Z")));
        CHECK(ceiling.source.rfind("ridge ", 0) == 0);
    }
    CHECK(runState(folder) == "finished");
    requireApproved("ceilings", shown(outcome));
}

TEST_CASE("the ceilings of a file are shown with their origin, for people and for programs") {
    const Folder folder;
    const Outcome none = runRidge(folder, {"show", "x.db", "--ceilings"});
    CHECK(none.status == 1);
    REQUIRE(runRidge(folder, {"ceilings", "-o", "x.db"}, fake("")).status == 0);
    const Outcome outcome = runRidge(folder, {"show", "x.db", "--ceilings"});
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    requireApproved("show-ceilings",
                    std::regex_replace(outcome.out, std::regex("....-..-..T..:..:..Z"), "TIME"));
    const json rows = json::parse(
        runRidge(folder, {"show", "x.db", "--ceilings", "--format", "json", "--sort", "-value"}).out);
    CHECK(rows.size() == 13 + 9);
    CHECK(rows[0]["name"] == "tensor_int8");
    CHECK(rows[0]["origin"] == "datasheet");
    CHECK(rows[0]["kernel"].is_null());
    CHECK(rows[0]["counted"].is_null());
    const json copy =
        *std::find_if(rows.begin(), rows.end(), [](const json& row) { return row["name"] == "dram_copy"; });
    CHECK(copy["kernel"] == "fake dram_copy kernel");
    CHECK(copy["counted"] == 1e9);
    CHECK(copy["expected"] == 1.01e9);
    const Outcome csv = runRidge(folder, {"show", "x.db", "--ceilings", "--format", "csv"});
    CHECK_THAT(csv.out, ContainsSubstring("# clock_hz: Hz") && ContainsSubstring("\nNVIDIA A40,GPU-"));
    const Outcome points = runRidge(folder, {"show", "x.db"});
    CHECK(points.status == 1);
    CHECK_THAT(points.err, ContainsSubstring("ridge show FILE --ceilings"));
    CHECK(runRidge(folder, {"show", "x.db", "--ceilings", "--where", "batch=1"}).status == 2);
    CHECK(runRidge(folder, {"show", "x.db", "--view", "metrics", "--ceilings"}).status == 2);
    const Outcome dram =
        runRidge(folder, {"show", "x.db", "--view", "v_ceilings", "--where", "name = 'dram'"});
    CHECK(std::count(dram.out.begin(), dram.out.end(), '\n') == 2);
}

TEST_CASE("points of a file are held against its measured ceilings") {
    const Folder folder;
    REQUIRE(runRidge(folder, {"ceilings", "-o", "x.db"}, fake("")).status == 0);
    REQUIRE(runRidge(folder, {"collect", "llama-13b", "-o", "x.db", "--set", "batch=4", "--set", "seq=128"},
                     fake(""))
                .status == 0);
    const Outcome memory =
        runRidge(folder, {"show", "x.db", "--format", "json", "--where", "operator = 'up' AND phase = 'ar'"},
                 fake(""));
    const json rows = json::parse(memory.out);
    REQUIRE(rows.size() == 1);
    const double slope = 640e9 * rows[0]["intensity"].get<double>();
    CHECK_THAT(rows[0]["roof_flops_per_s"].get<double>(), WithinRel(slope, 1e-9));
}

TEST_CASE("a ceiling above theory is an error by name and not kept") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, {"ceilings", "-o", "x.db"}, fake("above:fp32,above:dram_read"));
    CHECK(outcome.status == 6);
    for (const ridge::db::Ceiling& ceiling : measuredIn(folder)) {
        CHECK(ceiling.name != "fp32");
        CHECK(ceiling.name != "dram_read");
    }
    CHECK(measuredIn(folder).size() == 11);
    CHECK_THAT(
        outcome.err,
        ContainsSubstring("fp32: failed: 3e+15 flop/s is above what theory allows at 1740 MHz: 3.777e+13"));
    CHECK_THAT(outcome.err, ContainsSubstring("11 ceilings measured, 2 failed: x.db"));
    requireApproved("ceilings-above", outcome.out);
}

TEST_CASE("a ceiling measured under throttling is kept and said to be") {
    const Folder folder;
    const Outcome outcome =
        runRidge(folder, {"ceilings", "-o", "x.db"}, fake("throttled:fp32,throttled:half2"));
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.err, ContainsSubstring("fp32: 30.00 TFLOP/s  (throttled)\n"));
    CHECK_THAT(outcome.err,
               ContainsSubstring("ridge: measured on a GPU that throttled or was not alone: fp32, half2\n"));
    for (const ridge::db::Ceiling& ceiling : measuredIn(folder)) {
        const bool held = ceiling.method.find("; throttled by sw_power_cap") != std::string::npos;
        CHECK(held == (ceiling.name == "fp32" || ceiling.name == "half2"));
    }
    const Outcome programs = runRidge(folder, {"ceilings", "-o", "y.db", "--json"}, fake("throttled:fp32"));
    CHECK_THAT(programs.out, ContainsSubstring(R"("flags":"throttled")"));
    CHECK_THAT(programs.err, ContainsSubstring("was not alone: fp32\n"));
    CHECK_THAT(runRidge(folder, {"ceilings", "-o", "z.db"}, fake("")).err, !ContainsSubstring("throttled"));
}

TEST_CASE("whatever a worker does costs one ceiling") {
    const auto [rule, reason] = GENERATE(table<std::string, std::string>({
        {"crash:half2", "the worker died by signal 11 (SIGSEGV)"},
        {"exit:half2", "the worker exited with 3"},
        {"refuse:half2", "out of memory"},
        {"other:half2", "the worker answered another question"},
    }));
    const Folder folder;
    const Outcome outcome = runRidge(folder, {"ceilings", "-o", "x.db"}, fake(rule));
    CHECK(outcome.status == 6);
    CHECK_THAT(outcome.err, ContainsSubstring("half2: failed: " + reason));
    CHECK(measuredIn(folder).size() == 12);
    CHECK(runState(folder) == "finished");
}

TEST_CASE("--json is one event a ceiling, without a value where there is none") {
    const Folder folder;
    const Outcome outcome = runRidge(folder, {"ceilings", "-o", "x.db", "--json"}, fake("above:fp32"));
    CHECK(outcome.status == 6);
    std::istringstream lines(outcome.out);
    std::vector<json> events;
    for (std::string line; std::getline(lines, line);) events.push_back(json::parse(line));
    REQUIRE(events.size() == 15);
    const auto find = [&](const char* name) {
        return *std::find_if(events.begin(), events.end(),
                             [&](const json& event) { return event.value("name", "") == name; });
    };
    CHECK(find("dram_copy")["state"] == "measured");
    CHECK(find("dram_copy")["value"] == 640e9);
    CHECK(find("dram_copy")["datasheet"] == 696e9);
    CHECK(find("dram_copy")["kernel"] == "fake dram_copy kernel");
    CHECK(find("dram_copy")["counted"] == 1e9);
    CHECK(find("dram_copy")["expected"] == 1.01e9);
    CHECK_FALSE(find("fp32").contains("kernel"));
    CHECK_FALSE(find("tensor_fp8").contains("counted"));
    CHECK_THAT(find("dram_copy")["of_datasheet"].get<double>(), WithinRel(640.0 / 696, 1e-12));
    CHECK(find("tensor_fp8")["state"] == "absent");
    CHECK(find("tensor_fp8")["reason"] == "no fp8 before 8.9");
    CHECK(find("fp32")["state"] == "above_theory");
    CHECK_FALSE(find("fp32").contains("value"));
    CHECK(events.back()["event"] == "done");
    CHECK(events.back()["measured"] == 12);
    CHECK(events.back()["failed"] == 1);
}

TEST_CASE("every GPU gets its own ceilings, and measuring again adds to them") {
    const Folder folder;
    REQUIRE(runRidge(folder, {"ceilings", "-o", "x.db", "--device", "all"}, fake("")).status == 0);
    CHECK(measuredIn(folder).size() == 26);
}

TEST_CASE("ceilings need no counters, the self-check does") {
    const Folder folder;
    CHECK(runRidge(folder, {"ceilings", "-o", "x.db"}, fake("no-counters")).status == 0);
    const Outcome outcome = runRidge(folder, {"doctor", "--selftest", "-o", "y.db"}, fake("no-counters"));
    CHECK(outcome.status == 4);
    CHECK_THAT(outcome.err, ContainsSubstring("only an administrator may read counters"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "y.db"));
}

TEST_CASE("the self-check says of every closed form whether counters agree, and keeps it") {
    const Folder folder;
    const Outcome agrees = runRidge(folder, {"doctor", "--selftest", "-o", "x.db"}, fake(""));
    CHECK(agrees.status == 0);
    const auto points = ridge::db::Results::open(folder / "x.db").points("plan = 'selftest'");
    CHECK(points.size() == 11);
    for (const auto& row : points) CHECK(row.point.provenance == ridge::db::Provenance::measured);
    std::string text = shown(agrees);
    const Outcome off =
        runRidge(folder, {"doctor", "--selftest", "-o", "y.db"}, fake("off:copy,crash:gemm_tf32"));
    CHECK(off.status == 1);
    text += shown(off);
    const Outcome broken = runRidge(folder, {"doctor", "--selftest", "-o", "w.db"}, fake("crash:gemm_tf32"));
    CHECK(broken.status == 1);
    CHECK_THAT(broken.out, ContainsSubstring("1 check could not be made on NVIDIA A40"));
    const Outcome programs =
        runRidge(folder, {"doctor", "--selftest", "--json", "-o", "z.db"}, fake("off:copy"));
    CHECK(programs.status == 1);
    const json object = json::parse(programs.out);
    CHECK(object["agrees"] == false);
    REQUIRE(object["devices"].size() == 1);
    const json& device = object["devices"][0];
    CHECK(device["agrees"] == false);
    CHECK(device["checks"].size() == 11);
    CHECK(device["checks"][0] ==
          json{{"form", "copy"}, {"verdict", "off"}, {"text", "98.5 counted, 100 expected"}});
    const Outcome shared = runRidge(folder, {"doctor", "--selftest", "-o", "v.db"}, fake("shared:copy"));
    CHECK(shared.status == 0);
    CHECK_THAT(shared.out, ContainsSubstring("100 counted, 100 expected  (shared_device)\n"));
    CHECK_THAT(shared.err,
               ContainsSubstring("ridge: checked on a GPU that throttled or was not alone: copy\n"));
    const Outcome twin =
        runRidge(folder, {"doctor", "--selftest", "--json", "-o", "u.db"}, fake("shared:copy"));
    CHECK(json::parse(twin.out)["devices"][0]["checks"][0]["flags"] == "shared_device");
    const auto failed = ridge::db::Results::open(folder / "y.db").points("status = 'failed'");
    REQUIRE(failed.size() == 1);
    CHECK(failed[0].point.statusReason == "the worker died by signal 11 (SIGSEGV)");
    requireApproved("selftest", text);
}

TEST_CASE("the self-check runs on the first GPU, or on those that --device names") {
    const Folder folder;
    const auto uuids = [&](const Arguments& more) {
        Arguments arguments{"doctor", "--selftest", "--json", "-o", "x.db"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = runRidge(folder, arguments, fake(""));
        CHECK(outcome.status == 0);
        std::string last;
        const json object = json::parse(outcome.out);
        for (const json& device : object["devices"]) last += device["uuid"].get<std::string>().back();
        return last;
    };
    CHECK(uuids({}) == "0");
    CHECK(uuids({"--device", "1"}) == "1");
    CHECK(uuids({"--device", "all"}) == "01");
    CHECK(ridge::db::Results::open(folder / "x.db").points("plan = 'selftest'").size() == 44);
    const Outcome text = runRidge(folder, {"doctor", "--selftest", "--device", "1,0"}, fake("off:copy"));
    CHECK(text.status == 1);
    CHECK(text.out.rfind("NVIDIA A40 GPU-00000000-0000-0000-0000-000000000001\n", 0) == 0);
    CHECK(runRidge(folder, {"doctor", "--selftest", "--device", "x"}, fake("")).status == 2);
}

TEST_CASE("without a GPU ceilings and the self-check end with 3 and the next step, and leave no file") {
    const Folder folder;
    std::string text;
    for (const Arguments& arguments :
         std::vector<Arguments>{{"ceilings"}, {"ceilings", "--device", "all"}, {"doctor", "--selftest"}}) {
        for (const Environment& environment : {Environment{}, fake("no-driver")}) {
            const Outcome outcome = runRidge(folder, arguments, environment);
            CHECK(outcome.status == 3);
            CHECK(outcome.out.empty());
            CHECK(folder.contents().empty());
            text += outcome.err + "\n";
        }
    }
    CHECK(runRidge(folder, {"ceilings", "--device", "x"}).status == 2);
    CHECK(runRidge(folder, {"doctor", "-o", "x.db"}).status == 2);
    requireApproved("ceilings-no-gpu", text);
}
