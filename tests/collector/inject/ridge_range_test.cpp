// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/ridge_range.hpp"

#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::inject;
using nlohmann::json;

namespace {

struct Filled {
    db::Point point;
    std::vector<std::string> notes;
};

Filled fill(const std::string& name, Extent extent = Extent::whole) {
    Filled filled;
    const auto range = parseRidgeRange(name);
    REQUIRE(range);
    filled.notes = apply(*range, extent, filled.point);
    return filled;
}

}  // namespace

TEST_CASE("only ranges that begin with ridge: are meant") {
    CHECK(!parseRidgeRange("op=qk"));
    CHECK(!parseRidgeRange("Ridge:op=qk"));
    CHECK(parseRidgeRange("ridge:")->values.empty());
}

TEST_CASE("every known key fills its column") {
    const auto [point, notes] = fill(
        "ridge:op=qk,phase=ar,model=gpt2-l,dtype=bf16,layout=nt,implementation=flash,series=Flash,batch=8,"
        "seq=1024,"
        "spec=4,tokens=32,context=1025,kv_heads=20,m=1,n=2,k=3,flops=1e9,useful_flops=5e8,bytes=2.5e6,"
        "emitted=3.2");
    CHECK(notes.empty());
    CHECK(point.op == "qk");
    CHECK(point.phase == "ar");
    CHECK(point.model == "gpt2-l");
    CHECK(point.dtype == "bf16");
    CHECK(point.layout == "nt");
    CHECK(point.implementation == "flash");
    CHECK(point.series == "Flash");
    CHECK(point.batch == 8);
    CHECK(point.seq == 1024);
    CHECK(point.spec == 4);
    CHECK(point.tokens == 32);
    CHECK(point.context == 1025);
    CHECK(point.kvHeads == 20);
    CHECK(point.m == 1);
    CHECK(point.n == 2);
    CHECK(point.k == 3);
    CHECK(point.flopsAlgorithmic == 1e9);
    CHECK(point.flopsUseful == 5e8);
    CHECK(point.compulsoryBytes == 2.5e6);
    CHECK(point.emittedTokens == 3.2);
    CHECK(point.params == "{}");
}

TEST_CASE("unknown keys become params, numbers as numbers, beside those that are there") {
    Filled filled;
    filled.point.params = R"({"nvtx":"x"})";
    filled.notes = apply(*parseRidgeRange("ridge: window = 128 , kind=causal"), Extent::whole, filled.point);
    CHECK(filled.notes.empty());
    CHECK(json::parse(filled.point.params) == json{{"nvtx", "x"}, {"window", 128}, {"kind", "causal"}});
}

TEST_CASE("a number that is none goes to params with a note, and its column stays empty") {
    const auto [point, notes] = fill("ridge:batch=eight,seq=1.5,m=-3,flops=1e999,bytes=-1,n=1e3,k=3x");
    CHECK(!point.batch);
    CHECK(!point.seq);
    CHECK(!point.m);
    CHECK(!point.flopsAlgorithmic);
    CHECK(!point.compulsoryBytes);
    CHECK(point.n == 1000);
    CHECK(!point.k);
    CHECK(notes.size() == 6);
    CHECK_THAT(notes.at(0), ContainsSubstring("batch=eight is not a whole number"));
    const json params = json::parse(point.params);
    CHECK(params["batch"] == "eight");
    CHECK(params["seq"] == 1.5);
    CHECK(params["flops"] == "1e999");
}

TEST_CASE("numbers that a column cannot hold are none: infinite, or beyond what a double counts by one") {
    const auto [point, notes] = fill("ridge:flops=inf,bytes=nan,batch=9007199254740992,seq=9007199254740994");
    CHECK(!point.flopsAlgorithmic);
    CHECK(!point.compulsoryBytes);
    CHECK(point.batch == 9007199254740992);
    CHECK(!point.seq);
    CHECK(notes.size() == 3);
    CHECK(json::parse(point.params)["flops"] == "inf");
}

TEST_CASE("a kernel of a range takes its axes, never its operator or totals") {
    const auto [point, notes] = fill("ridge:op=layer,batch=8,flops=1e9,emitted=3", Extent::part);
    CHECK(notes.empty());
    CHECK(point.op.empty());
    CHECK(point.batch == 8);
    CHECK(!point.flopsAlgorithmic);
    CHECK(!point.emittedTokens);
    CHECK(json::parse(point.params) == json{{"op", "layer"}, {"flops", 1e9}, {"emitted", 3}});
}

TEST_CASE("what is not key=value is told") {
    const auto range = parseRidgeRange("ridge:prefill,=3,batch=2,,");
    REQUIRE(range);
    CHECK(range->values == std::vector<std::pair<std::string, std::string>>{{"batch", "2"}});
    CHECK(range->notes.size() == 2);
    CHECK_THAT(range->notes.at(0), ContainsSubstring("'prefill' is not key=value"));
}
