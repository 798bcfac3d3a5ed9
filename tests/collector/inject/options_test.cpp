// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/options.hpp"

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::inject;

TEST_CASE("options survive the environment") {
    Options options;
    options.program = "python3";
    options.nvtx = "app@a\\/b,\"c\"\n";
    options.kernel = "gemm|\\d+";
    options.deny = {"barrier", "a,b\\"};
    options.skip = 3;
    options.count = 5;
    options.start = Start::profilerApi;
    options.mode = Mode::range;
    options.graph = Graph::node;
    options.cache = Cache::warm;
    options.purpose = Purpose::time;
    options.metricSet = "/somewhere/bytes.toml";
    options.recordedMetricSet = "bytes@1";
    options.timed = true;
    options.idleTraffic = true;
    const std::string line = encode(options);
    CHECK(line.find('\n') == std::string::npos);
    const Options read = decodeOptions(line);
    CHECK(read.program == options.program);
    CHECK(read.nvtx == options.nvtx);
    CHECK(read.kernel == options.kernel);
    CHECK(read.deny == options.deny);
    CHECK(read.skip == 3);
    CHECK(read.count == 5);
    CHECK(read.start == Start::profilerApi);
    CHECK(read.mode == Mode::range);
    CHECK(read.graph == Graph::node);
    CHECK(read.cache == Cache::warm);
    CHECK(read.purpose == Purpose::time);
    CHECK(read.metricSet == "/somewhere/bytes.toml");
    CHECK(read.recordedMetricSet == "bytes@1");
    CHECK(read.timed);
    CHECK(read.idleTraffic);
}

TEST_CASE("an absent count means all, and bytes that are no UTF-8 are no reason to fail") {
    Options options;
    options.program = "prog\xff";
    const Options read = decodeOptions(encode(options));
    CHECK(!read.count);
    CHECK(read.program == "prog\xEF\xBF\xBD");
}

TEST_CASE("options that ridge did not write are refused") {
    CHECK_THROWS_AS(decodeOptions("nonsense"), ridge::Error);
    CHECK_THROWS_AS(decodeOptions("{}"), ridge::Error);
    std::string line = encode(Options());
    line.replace(line.find("\"kernel\",\"nvtx\""), 8, "\"kennel\"");
    CHECK_THROWS_WITH(decodeOptions(line), ContainsSubstring("kennel"));
}

TEST_CASE("every enumerator has a text that names it") {
    CHECK(fromText<Mode>(toText(Mode::range)) == Mode::range);
    CHECK(fromText<Start>("profiler-api") == Start::profilerApi);
    CHECK(fromText<Graph>("node") == Graph::node);
    CHECK(fromText<Cache>("warm") == Cache::warm);
    CHECK(!fromText<Cache>("rotate"));
    CHECK(!fromText<Mode>(""));
}

TEST_CASE("nodes are measured where kernels are counted, and graphs not taken whole") {
    Options options;
    options.graph = Graph::node;
    CHECK(measuresNodes(options));
    options.purpose = Purpose::time;
    CHECK(!measuresNodes(options));
    options.purpose = Purpose::count;
    options.mode = Mode::range;
    CHECK(!measuresNodes(options));
    options.mode = Mode::kernel;
    options.graph = Graph::whole;
    CHECK(!measuresNodes(options));
}
