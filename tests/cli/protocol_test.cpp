// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/protocol.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::protocol;

TEST_CASE("a measuring request comes back with its work, its children and its options") {
    Work work;
    work.point.op = "layer";
    work.point.batch = 4;
    work.repeats = 36;
    work.children = {{db::Point{}, 2, {}}};
    work.children[0].point.op = "qkv";
    Options options;
    options.repetition = {7, 0.25, 3.5, 0.01};
    options.metricSet = "none";
    options.cache = "rotate";
    const std::string line = encodeMeasure(work, options);
    CHECK(line.find('\n') == std::string::npos);
    const Request request = decodeRequest(line);
    CHECK(request.kind == "measure");
    REQUIRE(request.work);
    CHECK(request.work->point.op == "layer");
    CHECK(request.work->point.batch == 4);
    CHECK(request.work->repeats == 36);
    REQUIRE(request.work->children.size() == 1);
    CHECK(request.work->children[0].point.op == "qkv");
    CHECK(request.work->children[0].repeats == 2);
    CHECK(request.options.repetition.minSamples == 7);
    CHECK(request.options.repetition.minTimeS == 0.25);
    CHECK(request.options.repetition.maxTimeS == 3.5);
    CHECK(request.options.repetition.spread == 0.01);
    CHECK(request.options.metricSet == "none");
    CHECK(request.options.cache == "rotate");
}

TEST_CASE("replies come back as they were sent") {
    db::Record record;
    record.point.op = "qk";
    record.point.timeNs = 0.1 + 0.2;
    record.metrics["dram__bytes_read.sum"] = 1e9 / 3;
    record.samples.push_back({1.5, 1.7e9, {}, {}, {}, "power"});
    const db::Record again = decodeRecord(encodeRecord(record));
    CHECK(again.point.timeNs == record.point.timeNs);
    CHECK(again.metrics == record.metrics);
    CHECK(again.samples.at(0).throttle == "power");

    DescribeReply described;
    described.device.name = "NVIDIA A40";
    described.driver = "580.65.06";
    CHECK(decodeDescribe(encodeDescribe(described)).driver == "580.65.06");
    CHECK(decodeDescribe(encodeDescribe(described)).device.name == "NVIDIA A40");
    described.pciBusId = "0000:3B:00.0";
    CHECK(decodeDescribe(encodeDescribe(described)).pciBusId == "0000:3B:00.0");

    const auto plans = decodeMetricPlans(encodeMetricPlans({{"GH100", "roofline", 3, {"a.sum"}, {"b"}}}));
    REQUIRE(plans.size() == 1);
    CHECK(plans[0].passes == 3);
    CHECK(plans[0].metrics == std::vector<std::string>{"a.sum"});
    CHECK(plans[0].missing == std::vector<std::string>{"b"});

    const auto found = decodePreflight(encodePreflight(
        {{doctor::bad("driver", ExitCode::noGpu, "gone", "install it"), doctor::unknown("mig", "\xff")}, 2}));
    CHECK(found.gpus == 2);
    const auto& findings = found.findings;
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].state == doctor::State::wrong);
    CHECK(findings[0].stops == ExitCode::noGpu);
    CHECK(findings[0].remedy == "install it");
    CHECK(findings[1].state == doctor::State::unknown);
    CHECK(findings[1].stops == ExitCode::done);
    CHECK(decodeRequest(encodePreflightOf(3)).gpu == 3);
    CHECK(decodeRequest(encodePreflightOf(3)).uuid.empty());
    CHECK(decodeRequest(encodePreflightOf(0, "GPU-7f")).uuid == "GPU-7f");
    CHECK_FALSE(decodeRequest(R"({"request":"preflight"})").gpu);
}

TEST_CASE("a ceiling comes back as it was measured, or with why there is none") {
    const Request request = decodeRequest(encodeNamed("ceiling", "dram_copy"));
    CHECK(request.kind == "ceiling");
    CHECK(request.name == "dram_copy");
    CHECK(decodeRequest(encodeNamed("selftest", "gemm_fp8")).name == "gemm_fp8");

    db::Ceiling ceiling;
    ceiling.kind = "memory";
    ceiling.name = "dram_copy";
    ceiling.unit = "byte/s";
    ceiling.origin = "measured";
    ceiling.value = 1e12 / 3;
    ceiling.clockHz = 1.7e9;
    const CeilingReply measured = decodeCeiling(encodeCeiling({ceiling, {}, "throttled,shared_device"}));
    CHECK(measured.flags == "throttled,shared_device");
    REQUIRE(measured.ceiling);
    CHECK(measured.ceiling->value == ceiling.value);
    CHECK(measured.ceiling->clockHz == 1.7e9);
    CHECK_FALSE(measured.ceiling->spread);
    const CeilingReply refused = decodeCeiling(encodeCeiling({std::nullopt, "no fp8 here", {}}));
    CHECK_FALSE(refused.ceiling);
    CHECK(refused.refusal == "no fp8 here");
    CHECK_THROWS_AS(decodeCeiling(R"({"ok":true,"result":{}})"), Error);
    CHECK_THROWS_AS(decodeRequest(R"({"request":"ceiling"})"), Error);
}

TEST_CASE("an error reply throws what it carries, whatever was asked") {
    const std::string line =
        encodeError(Error(ExitCode::notPermitted, "counters are for administrators", "ask one"));
    try {
        static_cast<void>(decodeRecord(line));
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::notPermitted);
        CHECK(std::string(error.what()) == "counters are for administrators");
        CHECK(error.hint() == "ask one");
    }
    CHECK_THROWS_AS(decodePreflight(line), Error);
}

TEST_CASE("text that is no UTF-8 still makes one valid error line") {
    const std::string line = encodeError(Error(ExitCode::failed, "driver said \xff\xfe\n", ""));
    CHECK(line.find('\n') == std::string::npos);
    CHECK_THROWS_AS(decodeRecord(line), Error);
}

TEST_CASE("lines that are no message are refused") {
    for (const char* line : {"", "{", "[]", "{}", R"({"request":"dance"})", R"({"request":"measure"})",
                             R"({"ok":true})", R"({"ok":"yes","result":{}})", R"({"ok":false})"}) {
        INFO(line);
        CHECK_THROWS_AS(decodeRequest(line), Error);
        CHECK_THROWS_AS(decodeRecord(line), Error);
    }
}

TEST_CASE("a line that is no message is told by its beginning, and never by bytes that a terminal obeys") {
    CHECK_THROWS_WITH(decodeRecord("hello"), "not a reply of a worker: 'hello'");
    CHECK_THROWS_WITH(decodeRecord("\x1b[2J\xff"), "not a reply of a worker: '?[2J?'");
    CHECK_THROWS_WITH(decodeRecord(std::string(61, 'x')),
                      "not a reply of a worker: '" + std::string(60, 'x') + "...'");
}

TEST_CASE("a wish for a clock and the clock that it became survive the way") {
    const Request lock = decodeRequest(encodeLockClocks({"GPU-1", 1410.0, true, "0000:3B:00.0"}));
    CHECK(lock.kind == "lock_clocks");
    CHECK(lock.clock.uuid == "GPU-1");
    CHECK(lock.clock.mhz == 1410.0);
    CHECK(lock.clock.named);
    CHECK(lock.clock.pciBusId == "0000:3B:00.0");
    CHECK_FALSE(decodeRequest(encodeLockClocks({"GPU-1", std::nullopt, false})).clock.mhz);
    const Request unlock = decodeRequest(encodeUnlockClocks("GPU-2", "0000:AF:00.0"));
    CHECK(unlock.kind == "unlock_clocks");
    CHECK(unlock.clock.uuid == "GPU-2");
    CHECK(unlock.clock.pciBusId == "0000:AF:00.0");
    CHECK(decodeClock(encodeClock(1.41e9)) == 1.41e9);
    CHECK_THROWS_AS(decodeRequest(R"({"request":"lock_clocks"})"), Error);
    CHECK_THROWS_AS(decodeClock(R"({"ok":true,"result":{}})"), Error);
}
