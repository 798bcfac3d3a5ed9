// SPDX-License-Identifier: Apache-2.0
// What KernelRecorder keeps of launches that it lets pass.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "collector/inject/kernel_recorder.hpp"
#include "tests/collector/inject/fake_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;
using Fixture = test::RecordedProcess;

namespace {

const inject::LaunchShape anyShape{};

}  // namespace

TEST_CASE("launches of all threads are counted, of those that ended too") {
    inject::Options options = test::bytesOptions();
    options.kernel = "no such kernel";
    Fixture process(options);
    process.launch("a");
    for (int t = 0; t < 3; ++t) {
        std::thread([&] {
            for (int i = 0; i < 10; ++i) {
                process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "a", anyShape});
                process.recorder.launched(CUDA_SUCCESS);
            }
        }).join();
    }
    CHECK(process.recorder.finish().launches == 31);
    CHECK(process.recorder.finish().matched == 0);
}

TEST_CASE("a recorder counts its own launches and knows its own kernels and contexts") {
    inject::Options options = test::bytesOptions();
    {
        Fixture before(options);
        before.launch("a");
        CHECK(before.recorder.finish().launches == 1);
    }
    options.kernel = "b";
    Fixture process(options);
    process.launch("a");
    CHECK(process.points().empty());
    CHECK(process.recorder.finish().launches == 1);
}

TEST_CASE("a handle that is used anew is another kernel") {
    inject::Options options = test::bytesOptions();
    options.kernel = "wanted";
    Fixture process(options);
    int function = 0;
    for (const char* name : {"plain", "wanted", "plain", "wanted"}) {
        process.recorder.launching({FakeCupti::primary(), nullptr, &function, name, anyShape});
        process.recorder.launched(CUDA_SUCCESS);
    }
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 2);
    CHECK(records[1].launch->name == "wanted");
    CHECK(records[1].launch->ordinal == 1);
}

TEST_CASE("launches are numbered before the filters, where a run for times came first, and only there") {
    for (const bool timed : {true, false}) {
        inject::Options options = test::bytesOptions();
        options.timed = timed;
        options.skip = 2;
        Fixture process(options);
        for (int i = 0; i < 3; ++i) process.launch("a");
        const auto records = process.all<inject::MeasuredRecord>();
        REQUIRE(records.size() == 1);
        REQUIRE(records[0].launch.has_value() == timed);
        if (timed) CHECK(records[0].launch->ordinal == 2);
    }
}

TEST_CASE("launches outside of --nvtx are counted") {
    inject::Options options = test::bytesOptions();
    options.nvtx = "step";
    Fixture process(options);
    process.launch("a");
    CHECK(process.points().empty());
    CHECK(process.recorder.finish().launches == 1);
}

TEST_CASE("no more launches are needed once --count of them have ended, measured, skipped or failed") {
    inject::Options options = test::bytesOptions();
    options.count = 3;
    Fixture process(options);
    CHECK(process.recorder.needsLaunches());
    process.launch("a");
    process.launch("ncclDevKernel_AllReduce_Sum_f32_RING_LL");
    CHECK(process.recorder.needsLaunches());
    process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "a", anyShape});
    CHECK(process.recorder.needsLaunches());
    process.recorder.launched(CUDA_ERROR_INVALID_VALUE);
    CHECK_FALSE(process.recorder.needsLaunches());
    CHECK(process.points().size() == 3);
}

TEST_CASE("without --count launches are always needed") {
    Fixture process;
    process.launch("a");
    CHECK(process.recorder.needsLaunches());
}

TEST_CASE("launches are needed while one that was chosen waits for its turn behind another") {
    inject::Options options = test::bytesOptions();
    options.count = 2;
    Fixture process(options);
    process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "first", anyShape});
    std::atomic<bool> needed{false};
    std::thread other([&] {
        process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "second", anyShape});
        needed = process.recorder.needsLaunches();
        process.recorder.launched(CUDA_SUCCESS);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    process.recorder.launched(CUDA_SUCCESS);
    other.join();
    CHECK(needed);
    CHECK_FALSE(process.recorder.needsLaunches());
    CHECK(process.points().size() == 2);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("a launch whose second callback never comes, after the hooks went, stops nobody") {
    inject::Options options = test::bytesOptions();
    options.count = 1;
    Fixture process(options);
    std::thread other([&] {
        process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "measured", anyShape});
        process.recorder.launched(CUDA_SUCCESS);
        process.recorder.launching({FakeCupti::primary(), nullptr, nullptr, "passing", anyShape});
    });
    other.join();
    CHECK_FALSE(process.recorder.needsLaunches());
    process.recorder.contextDestroyed(FakeCupti::primary());
    CHECK(process.recorder.finish().launches == 2);
    CHECK_FALSE(process.cupti.enabled);
}

TEST_CASE("a launch that is skipped waits for none that is measured: it may be what that one waits for") {
    Fixture process;
    process.launch("a");  // the device is known
    process.recorder.launching({FakeCupti::primary(), nullptr, "a", "a", anyShape});
    auto skipped = std::async(std::launch::async, [&] {
        process.recorder.launching(
            {FakeCupti::second(), nullptr, "nccl", "ncclDevKernel_AllReduce", anyShape});
        process.recorder.launched(CUDA_SUCCESS);
    });
    CHECK(skipped.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
    process.recorder.launched(CUDA_SUCCESS);
    skipped.wait();
    CHECK(process.points().size() == 3);
}

TEST_CASE(
    "a launch by a call that cannot be replayed is a skipped row with the reason, and is not replayed") {
    inject::Options options = test::bytesOptions();
    options.kernel = "old";
    Fixture process(options);
    const auto launch = [&](const char* name, std::string_view obstacle) {
        process.recorder.launching(
            {process.cupti.current, nullptr, name, name, {{0, 0, 0}, {0, 0, 0}, 0}, obstacle});
        CHECK(process.cupti.started == obstacle.empty());
        process.recorder.launched(CUDA_SUCCESS);
    };
    launch("old", {});
    launch("old", "it was launched by cuLaunch, which is not measured");
    process.recorder.launching({process.cupti.current, nullptr, "other", "other", anyShape, "not asked for"});
    process.recorder.launched(CUDA_SUCCESS);
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 2);
    CHECK(records[0].record.point.status == db::Status::ok);
    const db::Record& skipped = records[1].record;
    CHECK(skipped.point.status == db::Status::skipped);
    CHECK(skipped.point.statusReason == "it was launched by cuLaunch, which is not measured");
    CHECK(skipped.kernels.front().grid.empty());
    CHECK_FALSE(records[1].launch.has_value());  // how often each GPU ran it is not known
    process.cupti.current = nullptr;
    launch("old", "of a thread without a context");
    REQUIRE_FALSE(process.all<inject::Note>().empty());
    CHECK(process.all<inject::Note>().back().text == "old has no row: of a thread without a context");
}

TEST_CASE("a GPU that cannot be measured costs its own launches, three of them a row, and no other GPU's") {
    for (const char* step : {"DeviceSupported", "GetCounterAvailability", "Enable", "Start"}) {
        INFO(step);
        Fixture process;
        process.cupti.devices = 2;
        for (int i = 0; i < 5; ++i) {
            process.cupti.current = FakeCupti::second();
            process.cupti.failing[step] = CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED;
            process.launch("a");
        }
        process.cupti.current = FakeCupti::primary();
        process.cupti.failing.clear();
        process.launch("a");
        CHECK(process.all<inject::Refusal>().empty());
        const auto notes = process.all<inject::Note>();
        CHECK(std::count_if(notes.begin(), notes.end(), [](const inject::Note& note) {
                  return note.text.starts_with("GPU 1: nothing more is measured on it");
              }) == 1);
        const auto points = process.points();
        REQUIRE(points.size() == 4);
        for (std::size_t i = 0; i < 3; ++i) CHECK(points[i].status == db::Status::failed);
        CHECK(points[3].status == db::Status::ok);
        CHECK(process.cupti.broken.empty());
    }
}

TEST_CASE("the chip is told where CUPTI names it, also when the first measurement fails for another reason") {
    const auto [call, chips] = GENERATE(table<std::string, std::vector<std::string>>({
        {"GetCounterAvailability", {"GH100", "GH100"}},
        {"GetChipName", {"", "GH100"}},
    }));
    Fixture process;
    process.cupti.fault = test::Fault{call, 1, CUPTI_ERROR_UNKNOWN};
    process.launch("a");
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK(process.all<inject::SeenDevice>().at(0).device.chip == chips[0]);
    process.launch("a");
    REQUIRE(process.points().size() == 2);
    CHECK(process.points()[1].status == db::Status::ok);
    CHECK(process.all<inject::SeenDevice>().back().device.chip == chips[1]);
    CHECK(std::holds_alternative<inject::SeenDevice>(process.events[0]));
}
