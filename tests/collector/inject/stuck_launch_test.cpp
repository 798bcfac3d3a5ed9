// SPDX-License-Identifier: Apache-2.0
// What KernelRecorder makes of launches while another thread's does not return.
#include <chrono>
#include <future>
#include <string>
#include <thread>

#include "collector/inject/kernel_recorder.hpp"
#include "tests/collector/inject/fake_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

namespace {

inject::Options wantedOnly() {
    inject::Options options = test::bytesOptions();
    options.kernel = "^wanted$";
    return options;
}

/// A thread inside of a launch that is not measured, until it is let go.
class StuckLaunch {
 public:
    explicit StuckLaunch(inject::KernelRecorder& recorder) {
        std::promise<void> inside;
        auto begun = inside.get_future();
        m_thread = std::thread([this, &recorder, &inside] {
            recorder.launching({FakeCupti::primary(), nullptr, "other", "other", {}});
            inside.set_value();
            m_go.get_future().wait();
            recorder.launched(CUDA_SUCCESS);
        });
        begun.wait();
    }
    StuckLaunch(const StuckLaunch&) = delete;
    StuckLaunch& operator=(const StuckLaunch&) = delete;
    ~StuckLaunch() { letGo(); }

    void letGo() {
        if (!m_thread.joinable()) return;
        m_go.set_value();
        m_thread.join();
    }

 private:
    std::promise<void> m_go;
    std::thread m_thread;
};

bool wasSkipped(const db::Point& point) {
    return point.status == db::Status::skipped &&
           point.statusReason.find("another thread's launch") != std::string::npos;
}

}  // namespace

TEST_CASE(
    "a launch beside one that does not return is skipped with the reason, and later ones are measured") {
    test::RecordedProcess process(wantedOnly());
    StuckLaunch stuck(process.recorder);
    const auto start = Clock::now();
    process.launch("wanted");
    CHECK(Clock::now() - start >= inject::LaunchGate::patience);
    CHECK(Clock::now() - start < seconds(10));
    process.launch("wanted");
    CHECK(Clock::now() - start < 2 * inject::LaunchGate::patience);
    REQUIRE(process.points().size() == 2);
    CHECK(wasSkipped(process.points()[0]));
    CHECK(wasSkipped(process.points()[1]));
    REQUIRE(process.all<inject::Note>().size() == 1);
    CHECK(process.all<inject::Note>()[0].text.find("--deny") != std::string::npos);
    CHECK(process.cupti.count("Start") == 0);
    stuck.letGo();
    process.launch("wanted");
    REQUIRE(process.points().size() == 3);
    CHECK(process.points()[2].status == db::Status::ok);
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("a launch that is skipped for another's sake counts as chosen") {
    inject::Options options = wantedOnly();
    options.count = 1;
    test::RecordedProcess process(options);
    const StuckLaunch stuck(process.recorder);
    process.launch("wanted");
    CHECK(process.points().size() == 1);
    CHECK_FALSE(process.recorder.needsLaunches());
}

TEST_CASE("the profiler is not taken from a context in which a launch does not return") {
    test::RecordedProcess process(wantedOnly());
    process.cupti.devices = 2;
    process.launch("wanted");
    REQUIRE(process.cupti.enabled);
    StuckLaunch stuck(process.recorder);
    process.cupti.current = FakeCupti::second();
    process.launch("wanted");
    REQUIRE(process.points().size() == 2);
    CHECK(wasSkipped(process.points()[1]));
    CHECK(process.cupti.enabled);
    CHECK(process.cupti.count("Disable") == 0);
    stuck.letGo();
    process.launch("wanted");
    CHECK(process.points()[2].status == db::Status::ok);
    CHECK(process.cupti.count("Disable") == 1);
    CHECK(process.cupti.broken.empty());
}
