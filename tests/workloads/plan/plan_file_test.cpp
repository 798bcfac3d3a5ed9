// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/plan_file.hpp"

#include "tests/db/catalog/scratch.hpp"
#include "tests/support/approved.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::Scratch;
using test::thrown;

namespace {

const std::string good = R"(title = "T"
workload = "transformer"
model = "llama-7b"
dtype = "bf16"

[axes]
batch = { from = 2, to = 8 }
seq = [100, 7]

[[series]]
label = "a"
phase = "ar"
operators = ["qkv", "qk"]

[[series]]
label = "b {spec}"
phase = "spec"
operators = ["step"]
axes = { spec = [4], seq = [9] }
implementation = "own"
emitted_tokens = 2
draft = { model = "gpt2", passes = [2, 1] }

[[series]]
label = "c"
phase = "init"
operators = ["layer"]
)";

const std::string gemm = R"(title = "T"
workload = "gemm"
dtype = "bf16"
[[series]]
label = "g"
operators = ["gemm"]
gemm = { name = "g", n = 5, k = 6 }
axes = { tokens = [1] }
)";

/// `from` of a good plan reads `to`.
struct Change {
    std::string text, from, to;
};

std::string changed(const Change& change) {
    std::string text = change.text;
    const auto at = text.find(change.from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, change.from.size(), change.to);
}

std::string report(const std::vector<Change>& changes) {
    std::string text;
    for (const Change& change : changes) {
        const Scratch scratch;
        const auto file = scratch.write("p.toml", changed(change));
        std::string line = change.to.empty() ? change.from : change.to;
        for (auto at = line.find('\n'); at != std::string::npos; at = line.find('\n'))
            line.replace(at, 1, "; ");
        text += (change.to.empty() ? "without " : "") + line + "\n    " +
                thrown(scratch, [&] { (void)plan::readPlan(file); }) + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("a plan is read as it stands, the series' axes over the plan's") {
    const Scratch scratch;
    const plan::Plan plan = plan::readPlan(scratch.write("mine.toml", good));
    CHECK(plan.name == "mine");
    CHECK(plan.title == "T");
    CHECK(plan.model == "llama-7b");
    CHECK(plan.layout == "nt");
    CHECK(plan.cache == "cold");
    CHECK(plan.metricSet == "roofline");
    CHECK_FALSE(plan.contextHoldsStep);
    CHECK(plan.repetition.minSamples == 10);
    REQUIRE(plan.series.size() == 3);
    using Axes = std::map<std::string, std::vector<std::int64_t>>;
    CHECK(plan.series[0].axes == Axes{{"batch", {2, 4, 8}}, {"seq", {100, 7}}});
    CHECK(plan.series[1].axes == Axes{{"batch", {2, 4, 8}}, {"seq", {9}}, {"spec", {4}}});
    CHECK(plan.series[0].implementation == "cublas");
    CHECK(plan.series[1].implementation == "own");
    CHECK(plan.series[1].draft->passes == std::vector<std::int64_t>{2, 1});
    CHECK(plan.series[1].emittedTokens == 2.0);
}

TEST_CASE("a plan's own rules replace the defaults") {
    const Scratch scratch;
    const plan::Plan plan = plan::readPlan(scratch.write(
        "p.toml",
        "layout = \"nn\"\ncache = \"warm\"\nmetric_set = \"bytes\"\nimplementation = \"own\"\n"
        "context = \"seq+q\"\n" +
            gemm + "[repetition]\nmin_samples = 3\nmin_time_s = 0.1\nmax_time_s = 2\nspread = 0.5\n"));
    CHECK(plan.layout == "nn");
    CHECK(plan.cache == "warm");
    CHECK(plan.metricSet == "bytes");
    CHECK(plan.contextHoldsStep);
    CHECK(plan.series.front().implementation == "own");
    CHECK(plan.series.front().gemm->n == 5);
    CHECK(plan.repetition.minSamples == 3);
    CHECK(plan.repetition.minTimeS == 0.1);
    CHECK(plan.repetition.maxTimeS == 2);
    CHECK(plan.repetition.spread == 0.5);
}

TEST_CASE("whatever does not fit is refused at its line and column") {
    const std::vector<Change> changes{
        // the head
        {good, "title = \"T\"", "title = T"},
        {good, "title = \"T\"\n", ""},
        {good, "title = \"T\"", "titel = \"T\""},
        {good, "title = \"T\"", "title = 3"},
        {good, "\"transformer\"", "\"training\""},
        {good, "\"llama-7b\"", "\"llama-7\""},
        {good, "\"bf16\"", "\"bf17\""},
        {good, "dtype = \"bf16\"", "dtype = \"bf16\"\nlayout = \"tn\""},
        {good, "dtype = \"bf16\"", "dtype = \"bf16\"\ncache = \"hot\""},
        {good, "dtype = \"bf16\"", "dtype = \"bf16\"\ncontext = \"q\""},
        {good, "dtype = \"bf16\"", "dtype = \"bf16\"\nimplementation = \"magic\""},
        {good, "[axes]", "[repetition]\nmin_samples = 0\n[axes]"},
        {good, "[axes]", "[repetition]\nspread = -1\n[axes]"},
        {good, "[axes]", "[repetition]\nmin_time_s = 20\n[axes]"},
        // axes
        {good, "seq = [100, 7]", "sec = [100, 7]"},
        {good, "seq = [100, 7]", "seq = []"},
        {good, "seq = [100, 7]", "seq = 100"},
        {good, "seq = [100, 7]", "seq = [100, 0]"},
        {good, "seq = [100, 7]", "seq = [100, -7]"},
        {good, "seq = [100, 7]", "seq = [100, 7.5]"},
        {good, "seq = [100, 7]", "seq = [100, 7, 100]"},
        {good, "seq = [100, 7]", "seq = [100, 1073741825]"},
        {good, "{ from = 2, to = 8 }", "{ from = 2 }"},
        {good, "{ from = 2, to = 8 }", "{ from = 3, to = 8 }"},
        {good, "{ from = 2, to = 8 }", "{ from = 8, to = 2 }"},
        {good, "{ from = 2, to = 8 }", "{ from = 2, to = 8, step = 2 }"},
        {good, "seq = [100, 7]\n", ""},
        {good, "seq = [100, 7]", "seq = [100, 7]\ntokens = [1]"},
        {good, "spec = [4], ", ""},
        {good, "seq = [100, 7]", "seq = [100, 7]\nspec = [4]"},
        // series
        {good, "label = \"a\"\n", ""},
        {good, "label = \"c\"", "label = \"a\""},
        {good, "b {spec}", "b {width}"},
        {good, "b {spec}", "b {spec"},
        {good, "phase = \"ar\"", "phase = \"decode\""},
        {good, "phase = \"ar\"\n", ""},
        {good, "operators = [\"qkv\", \"qk\"]\n", ""},
        {good, "[\"qkv\", \"qk\"]", "[]"},
        {good, "[\"qkv\", \"qk\"]", "[\"qkv\", 1]"},
        {good, "[\"qkv\", \"qk\"]", "[\"qkv\", \"qkv\"]"},
        {good, "[\"qkv\", \"qk\"]", "[\"qkv\", \"fc1\"]"},
        {good, "[\"qkv\", \"qk\"]", "[\"gemm\"]"},
        {good, "[\"layer\"]", "[\"layer\", \"step\"]"},
        {good, "model = \"llama-7b\"\n", ""},
        {good, "emitted_tokens = 2\n", ""},
        {good, "emitted_tokens = 2", "emitted_tokens = 0"},
        {good, "operators = [\"layer\"]", "operators = [\"layer\"]\nemitted_tokens = 2"},
        {good, "operators = [\"layer\"]",
         "operators = [\"layer\"]\ndraft = { model = \"gpt2\", passes = [1] }"},
        {good, "\"gpt2\"", "\"gpt3\""},
        {good, ", passes = [2, 1]", ""},
        {good, "passes = [2, 1]", "passes = [2, 0]"},
        {good, "passes = [2, 1]", "passes = 2"},
        {gemm, "n = 5", "n = 0"},
        {gemm, ", k = 6", ""},
        {gemm, "name = \"g\"", "name = \"a\\\"b\""},
        {gemm, "name = \"g\"", "name = \"\""},
        {gemm, "[\"gemm\"]", "[\"qkv\"]"},
        {gemm, "tokens = [1]", "batch = [1]"},
        {gemm, "tokens = [1]", "tokens = [1], batch = [1]"},
        {gemm, "label = \"g\"", "label = \"g\"\nphase = \"ar\""},
        {gemm, "[[series]]", "[series]"},
        {gemm, gemm.substr(gemm.find("[[series]]")), ""},
    };
    test::checkApproved("plan_errors.txt", report(changes));
}

TEST_CASE("layers, steps and attention need a sequence length, linear operators of decode do not") {
    const auto readWith = [](const std::string& operators) {
        const Scratch scratch;
        const auto file = scratch.write("p.toml",
                                        "title = \"T\"\nworkload = \"transformer\"\nmodel = \"llama-7b\"\n"
                                        "dtype = \"bf16\"\n[[series]]\nlabel = \"a\"\nphase = \"ar\"\n"
                                        "axes = { batch = [1] }\noperators = [" +
                                            operators + "]\n");
        return thrown(scratch, [&] { (void)plan::readPlan(file); });
    };
    for (const char* operators : {"\"layer\"", "\"step\"", "\"up\", \"pv\"", "\"qk\""}) {
        INFO(operators);
        CHECK(readWith(operators) ==
              "2 p.toml:8:8: prefill, attention, layers and steps need the axis 'seq'");
    }
    CHECK(readWith("\"qkv\", \"down\", \"lm_head\"") == "nothing thrown");
}
