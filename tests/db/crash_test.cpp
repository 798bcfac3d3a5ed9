// SPDX-License-Identifier: Apache-2.0
// kill -9 at any moment loses no committed point and leaves a file that opens.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>

#include "db/open_checks.hpp"
#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;

namespace {

/// Where a killed child's scratch copies stay is a folder that this test removes.
class ScratchFolder {
 public:
    ScratchFolder() { setenv("TMPDIR", m_folder.path().c_str(), 1); }
    ~ScratchFolder() { m_before.empty() ? unsetenv("TMPDIR") : setenv("TMPDIR", m_before.c_str(), 1); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

 private:
    std::string m_before = std::getenv("TMPDIR") == nullptr ? "" : std::getenv("TMPDIR");
    TemporaryFolder m_folder;
};

/// The child: writes points and reports each id after its commit, until it is killed.
[[noreturn]] void writeForEver(const std::filesystem::path& file, int report) {
    try {
        Store store = Store::openForAppending(file);
        const auto run = store.addRun({});
        const auto device = store.addDevice(a40("GPU-1"), a40Sheet());
        for (;;) {
            const std::int64_t id = store.addPoint(run, device, measuredRecord());
            if (::write(report, &id, sizeof id) != sizeof id) _exit(2);
        }
    } catch (...) {
        _exit(3);
    }
}

/// Forks a writer, kills it after `delay`, returns the ids it had reported.
std::vector<std::int64_t> killedAfter(const std::filesystem::path& file, std::chrono::microseconds delay) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) writeForEver(file, ends[1]);
    ::close(ends[1]);
    std::this_thread::sleep_for(delay);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));  // it was killed; it did not fail
    std::vector<std::int64_t> reported;
    std::int64_t id = 0;
    while (read(ends[0], &id, sizeof id) == sizeof id) reported.push_back(id);
    ::close(ends[0]);
    return reported;
}

}  // namespace

TEST_CASE("a writer killed in mid-stream loses no committed point") {
    const ScratchFolder scratch;
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    std::mt19937 random(9);
    std::set<std::int64_t> committed;
    for (int round = 0; round < 40; ++round) {
        const auto reported = killedAfter(file, std::chrono::microseconds(random() % 60000));
        committed.insert(reported.begin(), reported.end());
        if (round % 2 == 0 && inspectFile(file) == FileContent::database && !committed.empty()) {
            const auto names = folder.names();
            std::set<std::int64_t> seen;  // a reader sees them before any writer repairs the file
            for (const PointRow& row : Results::open(file).points()) seen.insert(*row.point.id);
            CHECK(std::includes(seen.begin(), seen.end(), committed.begin(), committed.end()));
            CHECK(folder.names() == names);
        }
    }
    CHECK(committed.size() > 100);
    { const Store repaired = Store::openForAppending(file); }
    CHECK(folder.names() == std::set<std::string>{"ridge.db"});
    const Results results = Results::open(file);
    std::set<std::int64_t> seen;
    for (const PointRow& row : results.points()) seen.insert(*row.point.id);
    CHECK(std::includes(seen.begin(), seen.end(), committed.begin(), committed.end()));
    CHECK(results.points("dram_bytes IS NULL").empty());
}

TEST_CASE("a writer killed while it creates the file leaves nothing that is half a file") {
    const ScratchFolder scratch;
    std::mt19937 random(5);
    for (int round = 0; round < 40; ++round) {
        const TemporaryFolder folder;
        const auto file = folder / "ridge.db";
        (void)killedAfter(file, std::chrono::microseconds(random() % 8000));
        {
            Store store = Store::openForAppending(file);
            store.addPoint(store.addRun({}), store.addDevice(a40("GPU-2"), {}), measuredRecord());
        }
        CHECK(folder.names() == std::set<std::string>{"ridge.db"});
        CHECK(Results::open(file).points("device_uuid = 'GPU-2'").size() == 1);
    }
}

TEST_CASE(
    "a run whose program was killed is interrupted for the next one, unless somebody has the file open") {
    const ScratchFolder scratch;
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    (void)killedAfter(file, std::chrono::milliseconds(300));
    const auto states = [&] {
        std::vector<std::string> found;
        const Table runs = Results::open(file).table("v_runs", {}, {}, {"state"});
        found.reserve(runs.rows.size());
        for (const auto& row : runs.rows) found.push_back(std::get<std::string>(row[0]));
        return found;
    };
    REQUIRE(states() == std::vector<std::string>{"running"});
    {
        Store first = Store::openForAppending(file);
        CHECK(states() == std::vector<std::string>{"interrupted"});
        const auto run = first.addRun({});
        Store second = Store::openForAppending(file);  // the first is alive and says how it ended itself
        CHECK(states() == std::vector<std::string>{"interrupted", "running"});
        second.close();
        first.finishRun(run, "finished");
    }
    CHECK(states() == std::vector<std::string>{"interrupted", "finished"});
    CHECK(folder.names() == std::set<std::string>{"ridge.db"});
}

TEST_CASE("who is killed while it looks for abandoned runs leaves them to the next one") {
    const ScratchFolder scratch;
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    (void)killedAfter(file, std::chrono::milliseconds(300));
    {
        SQLite::Database alone(file.string(), SQLite::OPEN_READWRITE);
        REQUIRE(alone.execAndGet("PRAGMA journal_mode = DELETE").getString() == "delete");
        REQUIRE(alone.execAndGet("SELECT state FROM run").getString() == "running");
    }
    Store::openForAppending(file).close();
    SQLite::Database after(file.string());
    CHECK(after.execAndGet("SELECT state FROM run").getString() == "interrupted");
}

TEST_CASE("repairing what a killed writer left makes one plain file of it, and touches no other") {
    const ScratchFolder scratch;
    const TemporaryFolder folder;
    const auto file = folder / "ridge.db";
    const auto reported = killedAfter(file, std::chrono::milliseconds(300));
    REQUIRE(folder.names().size() > 1);
    Store::repair(file);
    CHECK(folder.names() == std::set<std::string>{"ridge.db"});
    CHECK(Results::open(file).points().size() >= reported.size());
    const std::string whole = contentOf(file);
    Store::repair(file);
    CHECK((contentOf(file) == whole));
    Store::repair(folder / "none.db");
    CHECK(folder.names() == std::set<std::string>{"ridge.db"});
}
