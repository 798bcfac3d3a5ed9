// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/profile_events.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <unistd.h>

#include "db/results.hpp"
#include "tests/cli/program.hpp"
#include "tests/collector/nvml/fake_nvml.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::inject;
using supervisor::ProfileEvents;

namespace {

struct Told {
    std::vector<std::string> texts;
    supervisor::ProgramWatch watch{[]() -> const nvml::Library& {
        static const nvml::Library none{std::nullopt, "libnvidia-ml.so.1 was not found"};
        return none;
    }};
    supervisor::OnNote listener() {
        return [this](const std::string& text, const std::string&) { texts.push_back(text); };
    }
};

SeenDevice seenDevice(int ordinal, const std::string& uuid) {
    db::Device device;
    device.name = "NVIDIA H100 PCIe";
    device.uuid = uuid;
    return {ordinal, device};
}

void introduceWithGpu(ProfileEvents& events) {
    events.take(0, encode(Event(Hello{1, "a", "580", "13", "13"})));
    events.take(0, encode(Event(seenDevice(0, "GPU-1"))));
}

MeasuredRecord measured(int device, db::Status status = db::Status::ok) {
    MeasuredRecord event;
    event.device = device;
    event.record.point.provenance = db::Provenance::measured;
    event.record.point.status = status;
    event.record.point.timeNs = 5;
    event.launch = LaunchKey{"k", 0, "1,1,1", "1,1,1"};
    return event;
}

}  // namespace

TEST_CASE("records go to the device of their own process") {
    const test::Folder folder;
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), told.watch);
    events.take(0, encode(Event(Hello{1, "a", "580", "13", "13"})));
    events.take(1, encode(Event(Hello{2, "b", "580", "13", "13"})));
    events.take(0, encode(Event(seenDevice(0, "GPU-1"))));
    events.take(1, encode(Event(seenDevice(0, "GPU-2"))));
    CHECK(!std::filesystem::exists(folder / "x.db"));
    events.take(0, encode(Event(measured(0))));
    events.take(1, encode(Event(measured(0, db::Status::skipped))));
    events.take(0, encode(Event(measured(0))));
    CHECK(events.tally().ok == 2);
    CHECK(events.tally().skipped == 1);
    events.finish("finished");
    CHECK(told.texts.empty());
    std::vector<std::string> devices;
    for (const db::PointRow& row : db::Results::open(folder / "x.db").points())
        devices.push_back(row.deviceUuid);
    CHECK(devices == std::vector<std::string>{"GPU-1", "GPU-2", "GPU-1"});
}

TEST_CASE("a row that is known better takes the place of what was known of it, and counts once") {
    const test::Folder folder;
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), told.watch);
    const auto take = [&](int peer, double bytes, std::optional<Revision> revision,
                          db::Status status = db::Status::ok) {
        MeasuredRecord event = measured(0, status);
        if (status == db::Status::ok) event.record.point.dramBytes = bytes;
        event.record.metrics["dram__bytes_read.sum"] = bytes;
        event.revision = revision;
        if (bytes < 3) event.record.point.statusReason = "a pass is missing";
        events.take(peer, encode(Event(event)));
    };
    for (const int peer : {0, 1}) {
        events.take(peer, encode(Event(Hello{peer, "a", "580", "13", "13"})));
        events.take(peer, encode(Event(seenDevice(0, "GPU-1"))));
    }
    take(0, 1, Revision{0, false}, db::Status::failed);
    take(0, 2, Revision{1, false});
    take(1, 3, Revision{0, false});  // the number is the process's own
    take(0, 4, std::nullopt);
    CHECK(events.tally().failed == 1);
    CHECK(events.tally().ok == 3);
    take(0, 5, Revision{0, false});
    CHECK(events.tally().failed == 0);
    CHECK(events.tally().ok == 4);
    take(0, 6, Revision{0, true});
    take(0, 7, Revision{2, true});  // whose first record never came
    CHECK(events.tally().ok == 5);
    CHECK(told.texts.empty());
    events.gone(0);
    CHECK_THAT(told.texts.at(0), Catch::Matchers::StartsWith("1 of the rows lacks "));
    events.take(1, encode(Event(Bye{1, 1})));
    CHECK(told.texts.size() == 1);
    events.finish("finished");
    std::vector<double> bytes;
    for (const db::PointRow& row : db::Results::open(folder / "x.db").points())
        bytes.push_back(row.point.dramBytes.value());
    CHECK(bytes == std::vector<double>{6, 2, 3, 4, 7});
    SQLite::Database plain(folder / "x.db");
    CHECK(plain.execAndGet("SELECT count(*) FROM metric WHERE name = 'dram__bytes_read.sum'").getInt() == 5);
}

TEST_CASE("what cannot be used is told once and harms nothing") {
    const test::Folder folder;
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), told.watch);
    events.take(0, "garbage");
    events.take(0, "garbage");
    events.take(0, encode(Event(measured(3))));
    CHECK(told.texts.size() == 2);
    CHECK_THAT(told.texts.at(1), ContainsSubstring("GPU 3"));
    CHECK(events.tally().ok == 0);
    CHECK(!std::filesystem::exists(folder / "x.db"));
    CHECK_NOTHROW(events.finish("finished"));
}

TEST_CASE("goodbyes add up, refusals are remembered") {
    Told told;
    ProfileEvents events("unused.db", {}, told.listener(), told.watch);
    CHECK(!events.anyProcess());
    CHECK(!events.seen());
    events.take(0, encode(Event(Hello{})));
    events.take(0, encode(Event(Bye{10, 3})));
    events.take(1, encode(Event(Bye{5, 1})));
    REQUIRE(events.seen());
    CHECK(events.seen()->launches == 15);
    CHECK(events.seen()->matched == 4);
    CHECK(events.anyProcess());
    CHECK(!events.anyRefusal());
    events.take(0, encode(Event(Refusal{ExitCode::notPermitted, "no", "ask"})));
    CHECK(events.anyRefusal());
    CHECK(told.texts == std::vector<std::string>{"no"});
}

TEST_CASE("a run is hopeless once all that spoke have given up, and nothing was measured or timed") {
    const test::Folder folder;
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), told.watch);
    const Event no = Refusal{ExitCode::notPermitted, "no", "ask", true};
    const auto hopeful = [&] { return !events.hopeless().has_value(); };
    const auto introduce = [&](int peer) { events.take(peer, encode(Event(Hello{peer, "a", "", "", ""}))); };
    CHECK(hopeful());
    introduce(0);
    CHECK(hopeful());
    events.take(0, encode(no));
    events.take(0, encode(Event(Refusal{ExitCode::failed, "later", "", true})));
    CHECK(events.hopeless() == ExitCode::notPermitted);
    introduce(1);
    CHECK(hopeful());
    events.take(1, encode(Event(Bye{7, 0})));
    CHECK_FALSE(hopeful());
    introduce(2);
    events.take(2, encode(Event(seenDevice(0, "GPU-1"))));
    events.take(2, encode(Event(measured(0, db::Status::skipped))));
    events.take(2, encode(Event(measured(0, db::Status::failed))));
    events.take(2, encode(no));
    CHECK_FALSE(hopeful());
    events.take(2, encode(Event(measured(0))));
    CHECK(hopeful());
    events.beginCounting();
    introduce(0);
    events.take(0, encode(no));
    CHECK_FALSE(hopeful());
    events.take(0, encode(Event(seenDevice(0, "GPU-1"))));
    CHECK(events.timings().empty());
    events.take(0, encode(Event(Timing{0, {"k", 0, "1,1,1", "1,1,1"}, 3})));
    CHECK_FALSE(events.timings().empty());
    CHECK(hopeful());
    events.finish("finished");
}

TEST_CASE("a process that gave up for a reason of its own is not waited for, and is no reason") {
    Told told;
    ProfileEvents events("unused.db", {}, told.listener(), told.watch);
    events.take(0, encode(Event(Refusal{ExitCode::failed, "out of memory", ""})));
    CHECK(events.anyRefusal());
    CHECK(!events.hopeless());
    events.take(1, encode(Event(Hello{})));
    events.take(1, encode(Event(Refusal{ExitCode::noGpu, "no GPU", "", true})));
    CHECK(events.hopeless() == ExitCode::noGpu);
}

TEST_CASE("a process whose connection closed is over, said or not, and leaves its GPU once") {
    test::FakeNvml fake;
    fake.uuid = "GPU-1";
    const nvml::Library library{fake.api, {}};
    supervisor::ProgramWatch watch([&library]() -> const nvml::Library& { return library; });
    watch.begin(::getpid());
    Told told;
    ProfileEvents events("unused.db", {}, told.listener(), watch);
    const auto isWatched = [&watch] { return watch.untilDue() != std::chrono::milliseconds(-1); };
    for (const int peer : {0, 1, 2}) {
        events.take(peer, encode(Event(Hello{})));
        events.take(peer, encode(Event(seenDevice(0, "GPU-1"))));
    }
    events.take(2, encode(Event(Refusal{ExitCode::noGpu, "no", "", true})));
    events.take(0, encode(Event(Bye{1, 1})));
    events.gone(0);
    events.gone(7);
    CHECK(!events.hopeless());
    events.gone(1);
    CHECK(events.hopeless() == ExitCode::noGpu);
    CHECK(isWatched());
    events.gone(2);
    CHECK_FALSE(isWatched());
    REQUIRE(events.seen());
    CHECK(events.seen()->launches == 1);
}

TEST_CASE("a connection that ends within a line, or without its process, is told of") {
    Told told;
    ProfileEvents events("unused.db", {}, told.listener(), told.watch);
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    const auto introduce = [&](int peer, pid_t pid, const std::string& program) {
        events.take(peer, encode(Event(Hello{7, program, "", "", ""})), pid);
    };
    introduce(0, ::getpid(), self);
    events.take(0, encode(Event(Bye{})));
    introduce(1, ::getpid(), self);
    events.take(1, encode(Event(Refusal{ExitCode::failed, "gave up", ""})));
    introduce(2, ::getpid(), "/another/program");
    introduce(3, 0, self);
    for (const int peer : {0, 1, 2, 3}) events.gone(peer);
    CHECK(told.texts == std::vector<std::string>{"gave up"});
    CHECK(events.anyUnsaid());
    introduce(4, 0, "a");
    events.gone(4, true);
    CHECK(told.texts.at(1) == "process 7 (a) ended while it told of something, which is not recorded");
    introduce(5, ::getpid(), self);
    events.gone(5);
    REQUIRE(told.texts.size() == 3);
    CHECK_THAT(told.texts[2], ContainsSubstring(std::to_string(::getpid())));
    CHECK_THAT(told.texts[2], ContainsSubstring("goes on"));
}

TEST_CASE("whose process it is the kernel says, not the process, which may count in a namespace of its own") {
    const test::Folder folder;
    test::FakeNvml fake;
    fake.uuid = "GPU-1";
    fake.compute = {{static_cast<unsigned>(::getppid()), 1, 0, 0}};
    const nvml::Library library{fake.api, {}};
    supervisor::ProgramWatch watch([&library]() -> const nvml::Library& { return library; });
    watch.begin(1'000'000'001);
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), watch);
    const auto foreign = [&] {
        ::usleep(10'000);
        watch.lookNow();
        const std::int64_t now = monotonicNs();
        return watch.during("GPU-1", Interval{now - 5'000'000, now}).foreignProcesses;
    };
    // As NVML lists a process of the program's by a visible number, nothing is guessed.
    fake.compute.push_back({static_cast<unsigned>(::getpid()), 1, 0, 0});
    events.take(0, encode(Event(Hello{::getppid(), "a", "", "", ""})), ::getpid());
    events.take(0, encode(Event(seenDevice(0, "GPU-1"))));
    CHECK(foreign() == 1);
    events.take(1, encode(Event(Hello{1, "a", "", "", ""})), 1);
    events.take(2, encode(Event(Hello{::getppid(), "a", "", "", ""})), 0);
    CHECK(foreign() == 1);
}

TEST_CASE("a process that only says goodbye makes nothing hopeless") {
    Told told;
    ProfileEvents events("unused.db", {}, told.listener(), told.watch);
    events.take(0, encode(Event(Bye{10, 3})));
    CHECK(!events.hopeless());
}

TEST_CASE("after a first run only its times count") {
    const test::Folder folder;
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), told.watch);
    events.take(0, encode(Event(Hello{1, "a", "", "", ""})));
    events.take(0, encode(Event(seenDevice(0, "GPU-1"))));
    events.take(0, encode(Event(Timing{0, {"k", 0, "1,1,1", "1,1,1"}, 3})));
    events.take(0, encode(Event(Timing{9, {"k", 0, "1,1,1", "1,1,1"}, 4})));
    events.beginCounting();
    CHECK(!events.anyProcess());
    events.take(0, encode(Event(Hello{2, "a", "", "", ""})));
    events.take(0, encode(Event(measured(0))));
    CHECK_THAT(told.texts.at(0), ContainsSubstring("GPU 0"));  // this run's process has told of none yet
    events.take(0, encode(Event(seenDevice(0, "GPU-1"))));
    events.take(0, encode(Event(measured(0))));
    MeasuredRecord graph = measured(0);
    graph.launch.reset();
    graph.record.point.series = "CUDA graph";
    events.take(0, encode(Event(graph)));
    events.finish("finished");
    CHECK_THAT(told.texts.at(1), ContainsSubstring("no time for CUDA graph"));
    const auto points = db::Results::open(folder / "x.db").points();
    REQUIRE(points.size() == 2);
    CHECK(points[0].point.timeNs == 3);
    CHECK(!points[1].point.timeNs);
}

TEST_CASE("the unprofiled run's throttling is the time's, and without one the profiled run's is") {
    const test::Folder folder;
    test::FakeNvml fake;
    fake.uuid = "GPU-1";
    const nvml::Library library{fake.api, {}};
    supervisor::ProgramWatch watch([&library]() -> const nvml::Library& { return library; });
    watch.begin(1);
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), watch);
    const auto now = [] {
        const std::int64_t ns = monotonicNs();
        return Interval{ns, ns};
    };
    events.take(0, encode(Event(Hello{1, "a", "", "", ""})));
    fake.clockEvents = 0x4;  // the power limit
    events.take(0, encode(Event(seenDevice(0, "GPU-1"))));
    events.take(0, encode(Event(Timing{0, {"k", 0, "1,1,1", "1,1,1"}, 3e6, now()})));
    events.beginCounting();
    ::usleep(250'000);  // far enough from what was seen then
    fake.clockEvents = 0;
    watch.begin(2);
    events.take(0, encode(Event(Hello{2, "a", "", "", ""})));
    events.take(0, encode(Event(seenDevice(0, "GPU-1"))));
    MeasuredRecord timed = measured(0);
    timed.during = now();
    events.take(0, encode(Event(timed)));
    fake.clockEvents = 0x40;  // heat
    fake.compute = {{1, 1, 0, 0}, {2, 1, 0, 0}};
    ::usleep(250'000);
    MeasuredRecord untimed = measured(0);
    untimed.launch->ordinal = 1;
    untimed.during = now();
    events.take(0, encode(Event(untimed)));
    events.finish("finished");
    const auto points = db::Results::open(folder / "x.db").points();
    REQUIRE(points.size() == 2);
    CHECK(points[0].point.flags == "throttled");
    CHECK(points[1].point.flags == "throttled,shared_device");
    SQLite::Database plain(folder / "x.db");
    CHECK(plain.execAndGet("SELECT count(*) FROM sample").getInt() == 1);
    CHECK(plain.execAndGet("SELECT throttle FROM sample WHERE point_id = 1").getString() == "sw_power_cap");
    CHECK(plain.execAndGet("SELECT sm_clock_hz FROM sample").getDouble() == 1.41e9);
    CHECK(plain.execAndGet("SELECT count(*) FROM metric WHERE point_id = 1 AND name GLOB 'ridge__clock*'")
              .getInt() == 0);
    CHECK(plain
              .execAndGet("SELECT value FROM metric WHERE point_id = 2 "
                          "AND name = 'ridge__clocks_held_by_hw_thermal'")
              .getDouble() == 1);
}

TEST_CASE("what a process notes is told once, whoever says it") {
    const test::Folder folder;
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), told.watch);
    events.take(0, encode(Event(inject::Note{"a graph was taken whole"})));
    events.take(1, encode(Event(inject::Note{"a graph was taken whole"})));
    events.take(1, encode(Event(inject::Note{"another"})));
    CHECK(told.texts == std::vector<std::string>{"a graph was taken whole", "another"});
    CHECK_FALSE(events.isFruitful());
}

TEST_CASE("a file that cannot be written ends the recording, told once, and not the program") {
    const test::Folder folder;
    Told told;
    ProfileEvents events(folder / "missing/x.db", {}, told.listener(), told.watch);
    introduceWithGpu(events);
    events.take(0, encode(Event(measured(0))));
    events.take(0, encode(Event(measured(0))));
    REQUIRE(told.texts.size() == 1);
    CHECK_THAT(told.texts[0], ContainsSubstring("no more is recorded: "));
    CHECK(events.tally().total() == 0);
    CHECK(events.isFruitful());  // so that the program is not ended as hopeless
    CHECK(events.isUnwritable());
    events.finish("finished");
    CHECK(!std::filesystem::exists(folder / "missing"));
}

TEST_CASE("a run whose end cannot be written is told of") {
    const test::Folder folder;
    Told told;
    ProfileEvents events(folder / "x.db", {}, told.listener(), told.watch);
    introduceWithGpu(events);
    events.take(0, encode(Event(measured(0))));
    SQLite::Database(folder / "x.db", SQLite::OPEN_READWRITE).exec("DROP VIEW v_runs; DROP TABLE run");
    CHECK_FALSE(events.isUnwritable());
    events.finish("finished");
    REQUIRE(told.texts.size() == 1);
    CHECK_THAT(told.texts[0], ContainsSubstring("no more is recorded: "));
    CHECK(events.isUnwritable());
}
