// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/program_watch.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>

#include "tests/collector/nvml/fake_nvml.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::supervisor;
using test::FakeNvml;

namespace {

constexpr std::int64_t ms = 1'000'000;

/// A process that does nothing until this ends; `grandchild` is one that it started.
struct Child {
    Child() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        pid = ::fork();
        if (pid == 0) {
            const pid_t inner = ::fork();
            if (inner == 0) ::pause();
            static_cast<void>(!::write(ends[1], &inner, sizeof inner));
            ::waitpid(inner, nullptr, 0);
            ::pause();
        }
        REQUIRE(::read(ends[0], &grandchild, sizeof grandchild) == sizeof grandchild);
        ::close(ends[0]);
        ::close(ends[1]);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        ::kill(grandchild, SIGKILL);
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    pid_t pid = 0, grandchild = 0;
};

struct Fixture {
    FakeNvml fake;
    nvml::Library found{fake.api, {}};
    std::int64_t now = 1000 * ms;
    int opened = 0;
    ProgramWatch watch{[this]() -> const nvml::Library& {
                           ++opened;
                           return found;
                       },
                       [this] { return now; }};

    Fixture() { watch.begin(77); }
    [[nodiscard]] std::size_t looks() const {
        return static_cast<std::size_t>(std::count(fake.calls.begin(), fake.calls.end(), "temperature"));
    }
    [[nodiscard]] GpuSight seen() const { return watch.during("GPU-fake", inject::Interval{now, now}); }
};

}  // namespace

TEST_CASE("an instance of a partitioned GPU is watched by its GPU's place on the bus") {
    Fixture fixture;
    fixture.watch.use("MIG-instance", "0000:3b:00.0");
    const GpuSight sight = fixture.watch.during("MIG-instance", inject::Interval{fixture.now, fixture.now});
    REQUIRE(sight.telemetry.size() == 1);
    CHECK(sight.telemetry[0].smClockHz);
}

TEST_CASE("the program, its descendants and those that said so are its own; others are foreign") {
    const Child child;
    OwnProcesses own;
    own.begin(child.pid);
    CHECK(own.foreignAmong({child.pid, child.grandchild}, 0) == 0);
    CHECK(own.foreignAmong({child.grandchild, ::getpid(), 1}, 0) == 2);
    own.add(::getpid());
    CHECK(own.foreignAmong({child.grandchild, ::getpid(), 1}, 0) == 1);
    CHECK(own.foreignAmong({}, 3) == 0);
    own.begin(child.grandchild);
    CHECK(own.foreignAmong({child.grandchild, child.pid, ::getpid()}, 0) == 2);
}

TEST_CASE("everybody's ancestor makes no stranger the program's own") {
    const Child child;
    OwnProcesses own;
    own.begin(child.grandchild);
    own.add(1);
    own.add(0);
    CHECK(own.foreignAmong({child.grandchild, child.pid, ::getpid(), 1}, 0) == 3);
}

TEST_CASE("a descendant stays one when its parent is gone") {
    auto child = std::make_unique<Child>();
    OwnProcesses own;
    own.begin(child->pid);
    const pid_t grandchild = child->grandchild;
    CHECK(own.foreignAmong({grandchild, 1}, 0) == 1);
    child.reset();
    CHECK(own.foreignAmong({grandchild, 1}, 0) == 1);
}

TEST_CASE("where NVML lists no number of ours, as many are taken for ours as use the GPU") {
    OwnProcesses own;
    own.begin(::getpid());
    CHECK(own.foreignAmong({1'000'000'001, 1'000'000'002, 1'000'000'003}, 1) == 2);
    CHECK(own.foreignAmong({1'000'000'001, 1'000'000'002, 1'000'000'003}, 5) == 0);
    CHECK(own.foreignAmong({1'000'000'001, ::getpid()}, 1) == 1);  // they are shown: nothing to guess
}

TEST_CASE("a GPU is looked at from its first use on, every 50 ms, never twice within 5 ms") {
    Fixture fixture;
    CHECK(fixture.watch.untilDue() == std::chrono::milliseconds(-1));
    fixture.watch.lookIfDue();
    fixture.watch.lookNow();
    CHECK(fixture.opened == 0);
    fixture.watch.use("GPU-fake");
    CHECK(fixture.looks() == 1);
    CHECK(fixture.watch.untilDue() == std::chrono::milliseconds(50));
    fixture.now += 4 * ms;
    fixture.watch.lookNow();
    CHECK(fixture.looks() == 1);
    fixture.now += ms + ms / 2;
    fixture.watch.lookIfDue();
    CHECK(fixture.looks() == 1);
    CHECK(fixture.watch.untilDue() == std::chrono::milliseconds(45));  // 44.5, rounded up
    fixture.watch.lookNow();
    CHECK(fixture.looks() == 2);
    fixture.now += 50 * ms;
    CHECK(fixture.watch.untilDue() == std::chrono::milliseconds(0));
    fixture.watch.lookIfDue();
    CHECK(fixture.looks() == 3);
    CHECK(fixture.opened == 1);
}

TEST_CASE("a GPU that no process uses any more is left alone, until one does again") {
    Fixture fixture;
    fixture.watch.use("GPU-fake");
    fixture.watch.use("GPU-fake");
    fixture.watch.leave("GPU-fake");
    CHECK(fixture.watch.untilDue() == std::chrono::milliseconds(50));
    fixture.watch.leave("GPU-fake");
    fixture.watch.leave("GPU-fake");
    fixture.watch.leave("GPU-of-nobody");
    CHECK(fixture.watch.untilDue() == std::chrono::milliseconds(-1));
    fixture.now += 60 * ms;
    fixture.watch.lookIfDue();
    CHECK(fixture.looks() == 1);
    fixture.watch.use("GPU-fake");
    CHECK(fixture.looks() == 2);
    fixture.watch.begin(78);
    CHECK(fixture.watch.untilDue() == std::chrono::milliseconds(-1));
}

TEST_CASE("what a look sees: telemetry, other processes, a display; an idle GPU's clock is nobody's") {
    Fixture fixture;
    fixture.fake.clockEvents = 0x4;
    fixture.fake.compute = {{77, 1, 0, 0}, {static_cast<unsigned>(::getpid()), 1, 0, 0}};
    fixture.fake.displayActive = 1;
    fixture.watch.use("GPU-fake");
    GpuSight seen = fixture.seen();
    REQUIRE(seen.telemetry.size() == 1);
    CHECK(seen.telemetry[0].smClockHz == 1.41e9);
    CHECK(seen.telemetry[0].throttle == "sw_power_cap");
    CHECK(seen.foreignProcesses == 1);
    CHECK(seen.displayActive == true);
    CHECK(fixture.watch.during("GPU-fake", std::nullopt).telemetry.empty());
    CHECK(fixture.watch.during("GPU-other", inject::Interval{fixture.now, fixture.now}).telemetry.empty());
    fixture.now += 200 * ms;
    fixture.fake.clockEvents = 0x1;
    fixture.watch.addProcess(::getpid());
    fixture.watch.lookNow();
    seen = fixture.seen();
    CHECK_FALSE(seen.telemetry.at(0).smClockHz);
    CHECK(seen.telemetry.at(0).temperatureC == 55);
    CHECK(seen.foreignProcesses == 0);
}

TEST_CASE("without NVML, a driver or that GPU nothing is due, seen or thrown") {
    Fixture fixture;
    const auto seesNothing = [&](const std::string& uuid) {
        ProgramWatch watch([&]() -> const nvml::Library& { return fixture.found; },
                           [&] { return fixture.now; });
        watch.use(uuid);
        watch.lookNow();
        return watch.untilDue() == std::chrono::milliseconds(-1) &&
               watch.during(uuid, inject::Interval{fixture.now, fixture.now}).telemetry.empty();
    };
    CHECK_FALSE(seesNothing("GPU-fake"));
    CHECK(seesNothing("GPU-another"));
    fixture.fake.failing["init"] = nvml::Status::driverNotLoaded;
    CHECK(seesNothing("GPU-fake"));
    fixture.found = {std::nullopt, "libnvidia-ml.so.1 was not found"};
    CHECK(seesNothing("GPU-fake"));
    CHECK(fixture.fake.opened == 0);
}
