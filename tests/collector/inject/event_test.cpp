// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/event.hpp"

#include <limits>

#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::inject;

namespace {

template <class T>
T again(const T& event) {
    const std::string line = encode(Event(event));
    CHECK(line.find('\n') == std::string::npos);
    return std::get<T>(decodeEvent(line));
}

}  // namespace

TEST_CASE("every event survives its line") {
    const auto hello = again(Hello{42, "/usr/bin/python3", "580.65", "13.0", "13.0.85"});
    CHECK(hello.pid == 42);
    CHECK(hello.program == "/usr/bin/python3");
    CHECK(hello.driver == "580.65");
    CHECK(hello.cuda == "13.0");
    CHECK(hello.cupti == "13.0.85");

    db::Device device;
    device.name = "NVIDIA H100 PCIe";
    device.uuid = "GPU-1";
    const auto seen = again(SeenDevice{1, device, "0000:3b:00.0"});
    CHECK(seen.ordinal == 1);
    CHECK(seen.device.name == device.name);
    CHECK(seen.device.uuid == "GPU-1");
    CHECK(seen.pciBusId == "0000:3b:00.0");

    MeasuredRecord measured;
    measured.device = 1;
    measured.record.point.timeNs = 0.1;
    measured.record.metrics["dram__bytes_read.sum"] = 3;
    CHECK(!again(measured).launch);
    measured.launch = LaunchKey{"_Z4kernv", 7, "1,2,3", "4,5,6"};
    const auto record = again(measured);
    CHECK(record.record.point.timeNs == 0.1);
    CHECK(record.record.metrics == measured.record.metrics);
    CHECK(record.launch->name == "_Z4kernv");
    CHECK(record.launch->ordinal == 7);
    CHECK(record.launch->grid == "1,2,3");
    CHECK(record.launch->block == "4,5,6");
    CHECK(!record.during);
    measured.during = Interval{1'000'000'000'123, 1'000'000'000'456};
    CHECK(again(measured).during->beginNs == 1'000'000'000'123);
    CHECK(again(measured).during->endNs == 1'000'000'000'456);
    CHECK(!record.revision);
    for (const bool last : {true, false}) {
        measured.revision = Revision{12, last};
        CHECK(again(measured).revision->row == 12);
        CHECK(again(measured).revision->isLast == last);
    }

    const auto timing = again(Timing{2, {"k", 1, "1,1,1", "32,1,1"}, 1234.5});
    CHECK(timing.device == 2);
    CHECK(timing.launch.name == "k");
    CHECK(timing.timeNs == 1234.5);
    CHECK(!timing.during);
    CHECK(again(Timing{2, {"k", 1, "", ""}, 1, Interval{5, 7}}).during->endNs == 7);

    CHECK(again(Note{"two\nlines"}).text == "two\nlines");
    CHECK_FALSE(again(Refusal{ExitCode::failed, "why", ""}).everywhere);
    const auto refusal = again(Refusal{ExitCode::notPermitted, "why", "what next", true});
    CHECK(refusal.everywhere);
    CHECK(refusal.code == ExitCode::notPermitted);
    CHECK(refusal.message == "why");
    CHECK(refusal.hint == "what next");
    const auto bye = again(Bye{10, 3});
    CHECK(bye.launches == 10);
    CHECK(bye.matched == 3);
}

TEST_CASE("what is no event is refused") {
    CHECK_THROWS_AS(decodeEvent("hello"), Error);
    CHECK_THROWS_AS(decodeEvent("[]"), Error);
    CHECK_THROWS_AS(decodeEvent(R"({"event":"hello"})"), Error);
    CHECK_THROWS_WITH(decodeEvent(R"({"event":"dance"})"), ContainsSubstring("dance"));
}

TEST_CASE("a record with a number that is none does not leave the process") {
    MeasuredRecord measured;
    measured.record.point.dramBytes = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(encode(Event(measured)), ContainsSubstring("dram_bytes"));
}
