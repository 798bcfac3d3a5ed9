// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/timers.hpp"

#include <set>
#include <utility>
#include <vector>

#include "tests/collector/inject/fake_activity.hpp"
#include "tests/collector/inject/fake_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

/// A process whose ranges named step are timed.
struct TimedRanges : test::FakeProcess {
    test::FakeActivity activity;
    cupti::Api api = test::FakeActivity::api();
    inject::RangeTimer timer{options(), api, test::FakeCupti::driver(), program, report()};
    const std::vector<inject::NvtxRange> stack{{"", "step", 1}};

    [[nodiscard]] static inject::Options options() {
        inject::Options options = test::bytesOptions();
        options.mode = inject::Mode::range;
        options.nvtx = "step/";
        return options;
    }
    void open() { timer.pushed(stack); }
    void close() { timer.closing(stack.back()); }
    [[nodiscard]] std::vector<double> times() const {
        std::vector<double> ns;
        for (const auto& timing : all<inject::Timing>()) ns.push_back(timing.timeNs);
        return ns;
    }
};

}  // namespace

TEST_CASE("a device is told of once, with its first context or its first time") {
    test::FakeProcess process;
    inject::DeviceTeller teller(test::FakeCupti::api(), test::FakeCupti::driver(), process.report());
    process.cupti.failing["GetDeviceId"] = CUPTI_ERROR_INVALID_DEVICE;
    teller.tellOf(test::FakeCupti::primary());
    CHECK(process.events.empty());
    process.cupti.failing.clear();
    teller.tellOf(test::FakeCupti::primary());
    teller.tell(0);
    teller.tellOf(test::FakeCupti::second());
    const auto devices = process.all<inject::SeenDevice>();
    REQUIRE(devices.size() == 2);
    CHECK(devices[0].ordinal == 0);
    CHECK(devices[1].ordinal == 1);
    CHECK(devices[1].device.uuid == "GPU-01000000-0000-0000-0000-000000000000");
    CHECK(devices[1].pciBusId == "0040:40:40.0");
}

TEST_CASE("a range lasts as long as its kernels, copies and sets, whose bytes it has") {
    TimedRanges process;
    process.open();
    process.activity.put(test::copyRecord(0, 1000, 11000));
    process.activity.put(test::kernelRecord(0, 11000, 12000));
    process.activity.put(test::setRecord(0, 12500, 13000));
    process.close();
    CHECK(process.times() == std::vector{12000.0});
    process.open();
    process.activity.put(test::copyRecord(0, 20000, 20500));
    process.close();
    CHECK(process.times() == std::vector{12000.0, 500.0});
}

TEST_CASE("a copy between two GPUs is in the time of a range on either") {
    for (const auto& [from, to] : {std::pair{0U, 1U}, std::pair{1U, 0U}}) {
        TimedRanges process;
        process.open();
        process.activity.put(test::kernelRecord(0, 100, 200));
        process.activity.put(test::peerCopyRecord(from, to, 150, 900));
        process.close();
        CHECK(process.times() == std::vector{800.0});
    }
}

TEST_CASE("a range's last buffer is not held back for what another GPU has under way") {
    TimedRanges process;
    process.open();
    process.activity.put(test::kernelRecord(0, 100, 200));
    process.activity.fillAnother();
    process.activity.put(test::kernelRecord(1, 150, 0));
    process.activity.put(test::kernelRecord(0, 300, 900));
    process.close();
    CHECK(process.times() == std::vector{800.0});
}

TEST_CASE("a range has nothing of what ran before it and was held back for another GPU") {
    TimedRanges process;
    process.activity.put(test::kernelRecord(0, 100, 200));
    process.activity.put(test::kernelRecord(1, 150, 0));
    process.open();
    process.activity.put(test::kernelRecord(0, 5000, 5100));
    process.close();
    CHECK(process.times() == std::vector{100.0});
}

TEST_CASE("a range is not timed where work of its GPU has no time, or there was none") {
    TimedRanges process;
    process.open();
    process.close();
    process.open();
    process.activity.put(test::kernelRecord(0, 100, 200));
    process.activity.put(test::copyRecord(0, 150, 0));
    process.close();
    process.open();
    process.activity.put(test::kernelRecord(0, 0, 0));
    process.close();
    CHECK(process.times().empty());
    CHECK(process.all<inject::Refusal>().empty());
}

TEST_CASE("kernel mode asks for kernels alone, and tells their times at the end") {
    test::FakeProcess process;
    test::FakeActivity activity;
    const cupti::Api api = test::FakeActivity::api();
    inject::KernelTimer timer(test::bytesOptions(), api, test::FakeCupti::driver(), process.report());
    CHECK(activity.enabled == std::set{CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL});
    activity.put(test::kernelRecord(1, 100, 130));
    CHECK(process.events.empty());
    const inject::Counts counts = timer.finish();
    CHECK(counts.launches == 1);
    REQUIRE(process.events.size() == 2);
    CHECK(process.all<inject::SeenDevice>().at(0).ordinal == 1);
    CHECK(process.all<inject::Timing>().at(0).timeNs == 30.0);
}

TEST_CASE("a range that cannot be timed refuses nothing: the next one may be") {
    TimedRanges process;
    process.open();
    process.cupti.current = test::FakeCupti::second();
    process.cupti.failingDriver["cuCtxSetCurrent"] = CUDA_ERROR_CONTEXT_IS_DESTROYED;
    process.close();
    CHECK(process.all<inject::Refusal>().empty());
    REQUIRE(process.all<inject::Note>().size() == 1);
    CHECK_THAT(process.all<inject::Note>()[0].text, ContainsSubstring("range 'step' was not timed"));
}

TEST_CASE("only the first cudaProfilerStart that fails gives up: later ones have times to tell") {
    for (const bool second : {false, true}) {
        INFO(second);
        static CUptiResult result = CUPTI_SUCCESS;
        result = CUPTI_SUCCESS;
        test::FakeProcess process;
        test::FakeActivity activity;
        cupti::Api api = test::FakeActivity::api();
        api.activityEnable = [](CUpti_ActivityKind) { return result; };
        inject::Options options = test::bytesOptions();
        options.start = inject::Start::profilerApi;
        inject::KernelTimer timer(options, api, test::FakeCupti::driver(), process.report());
        if (second) timer.profilerStart();
        result = CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED;
        timer.profilerStart();
        CHECK(process.all<inject::Refusal>().size() == (second ? 0 : 1));
        CHECK(process.all<inject::Note>().size() == (second ? 1 : 0));
    }
}

TEST_CASE("launches whose timing cannot be stopped are told all the same") {
    test::FakeProcess process;
    test::FakeActivity activity;
    cupti::Api api = test::FakeActivity::api();
    api.activityDisable = [](CUpti_ActivityKind) { return CUPTI_ERROR_UNKNOWN; };
    inject::Options options = test::bytesOptions();
    options.start = inject::Start::profilerApi;
    inject::KernelTimer timer(options, api, test::FakeCupti::driver(), process.report());
    timer.profilerStart();
    timer.profilerStop();
    CHECK(process.all<inject::Refusal>().empty());
    CHECK(process.all<inject::Note>().size() == 1);
}
