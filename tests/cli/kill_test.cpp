// SPDX-License-Identifier: Apache-2.0
// kill -9 of the supervisor or of a worker at any moment: a resumed run loses no committed point and repeats
// none.
#include <SQLiteCpp/SQLiteCpp.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "db/results.hpp"
#include "db/store.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using namespace std::chrono_literals;
using ridge::db::Cell;
using std::chrono::steady_clock;
using Arguments = std::vector<std::string>;

namespace {

/// Rows of v_points by point_id, every column.
struct Snapshot {
    std::vector<std::string> columns;
    std::map<std::int64_t, std::vector<Cell>> rows;

    [[nodiscard]] const Cell& cell(const std::vector<Cell>& row, const std::string& column) const {
        const auto found = std::find(columns.begin(), columns.end(), column);
        return row.at(static_cast<std::size_t>(found - columns.begin()));
    }
    [[nodiscard]] bool failed(const std::vector<Cell>& row) const {
        return cell(row, "status") == Cell("failed");
    }
    /// Points that failed by themselves, not by sharing what failed.
    [[nodiscard]] std::ptrdiff_t failures() const {
        return std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
            return failed(row.second) && cell(row.second, "measured_as") == Cell();
        });
    }
    /// What the row says, ids resolved to what the rows they name say.
    [[nodiscard]] std::string meaning(std::int64_t id) const;
};

std::string Snapshot::meaning(std::int64_t id) const {
    std::string text;
    const std::vector<Cell>& row = rows.at(id);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i] == "point_id" || columns[i] == "run_uuid") continue;
        const bool link = columns[i] == "parent_id" || columns[i] == "measured_as";
        if (const auto* number = std::get_if<std::int64_t>(&row[i]))
            text += link ? "{" + meaning(*number) + "}" : std::to_string(*number);
        if (const auto* number = std::get_if<double>(&row[i])) text += std::to_string(*number);
        if (const auto* words = std::get_if<std::string>(&row[i])) text += *words;
        text += "|";
    }
    return text;
}

/// Everything the points say, in an order of its own.
std::vector<std::string> meanings(const Snapshot& snapshot) {
    std::vector<std::string> all;
    all.reserve(snapshot.rows.size());
    for (const auto& [id, row] : snapshot.rows) all.push_back(snapshot.meaning(id));
    std::sort(all.begin(), all.end());
    return all;
}

/// As a reader sees the file before any writer repairs it.
Snapshot snapshotOf(const Folder& folder) {
    const std::filesystem::path file = folder / "x.db";
    if (ridge::db::Store::isNew(file)) return {};
    Snapshot snapshot;
    ridge::db::Table table = ridge::db::Results::open(file).table("v_points");
    snapshot.columns = std::move(table.columns);
    for (std::vector<Cell>& row : table.rows)
        snapshot.rows.emplace(std::get<std::int64_t>(row[0]), std::move(row));
    return snapshot;
}

void requireKept(const Snapshot& before, const Snapshot& after) {
    for (const auto& [id, row] : before.rows) {
        INFO("point " << id << ": " << before.meaning(id));
        REQUIRE(after.rows.count(id) == 1);
        if (!before.failed(row)) REQUIRE(after.rows.at(id) == row);
    }
}

std::optional<pid_t> childOf(pid_t parent) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        std::string stat = readFile(entry.path() / "stat");  // "PID (NAME) STATE PARENT ..."
        stat.erase(0, stat.rfind(')') + 1);
        if (stat.size() > 3 && std::atoi(stat.c_str() + 3) == parent) return std::stoi(name);
    }
    return std::nullopt;
}

enum class Victim { supervisor, worker, supervisorPolitely };

struct Kill {
    Victim victim = Victim::supervisor;
    std::chrono::microseconds delay{};
};

/// Collects, and kills somebody on the way. nullopt: there was no such process (any more).
std::optional<Outcome> collectAndKill(const Folder& folder, const Arguments& arguments,
                                      const Environment& environment, const Kill& kill) {
    const pid_t ridge = startRidge(folder, arguments, environment);
    std::this_thread::sleep_for(kill.delay);
    std::optional<pid_t> victim = ridge;
    if (kill.victim == Victim::worker) victim = childOf(ridge);
    const bool hit =
        victim && ::kill(*victim, kill.victim == Victim::supervisorPolitely ? SIGTERM : SIGKILL) == 0;
    const Outcome outcome = finish(ridge, folder);
    if (!hit) return std::nullopt;
    return outcome;
}

void requireSensibleEnd(const Kill& kill, const Outcome& outcome) {
    INFO(outcome.err);
    std::vector<int> possible{0};  // it was done, the kill came in its last moments
    if (kill.victim == Victim::supervisor) possible.push_back(128 + SIGKILL);
    if (kill.victim == Victim::supervisorPolitely) possible.push_back(128 + SIGTERM);
    // 1: killed while it was asked what GPU this is, before there was a run.
    if (kill.victim == Victim::worker) possible.insert(possible.end(), {1, 6});
    REQUIRE(std::find(possible.begin(), possible.end(), outcome.status) != possible.end());
}

/// A signal is also delivered to who has ended and waits to be asked how: the end tells whether it met
/// anybody.
bool metSomebody(const Kill& kill, const Outcome& outcome) {
    if (kill.victim == Victim::supervisor) return outcome.status == 128 + SIGKILL;
    return kill.victim == Victim::worker && outcome.status != 0;
}

void requireWhole(const Folder& folder) {
    REQUIRE_FALSE(std::filesystem::exists(folder / "x.db-wal"));
    REQUIRE_FALSE(std::filesystem::exists(folder / "x.db-shm"));
    REQUIRE_FALSE(std::filesystem::exists(folder / "x.db-journal"));
    SQLite::Database database(folder / "x.db");
    CHECK(database.execAndGet("PRAGMA integrity_check").getString() == "ok");
    CHECK(database.execAndGet("SELECT count(*) FROM pragma_foreign_key_check").getInt() == 0);
    CHECK(database.execAndGet("SELECT count(*) FROM run WHERE state = 'running'").getInt() == 0);
    CHECK(database
              .execAndGet("SELECT count(*) FROM point WHERE status = 'ok' AND provenance = 'measured' AND "
                          "measured_as IS NULL AND samples <> (SELECT count(*) FROM sample WHERE "
                          "sample.point_id = point.point_id)")
              .getInt() == 0);
}

/// One plan, undisturbed: how long it takes and what it leaves.
struct Reference {
    std::chrono::microseconds duration{};
    std::vector<std::string> meanings;
};

Reference undisturbed(const Arguments& arguments, const Environment& environment) {
    const Folder folder;
    const auto start = steady_clock::now();
    const Outcome outcome = runRidge(folder, arguments, environment);
    INFO(outcome.err);
    REQUIRE(outcome.status == 0);
    const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
    return {duration, meanings(snapshotOf(folder))};
}

/// Fills one file, killing some times on the way. Returns how many SIGKILLs met somebody alive.
int fillUnderKills(const Arguments& arguments, const Environment& environment, const Reference& reference,
                   const std::vector<Victim>& victims, std::mt19937& random) {
    const Folder folder;
    Snapshot committed;
    int hits = 0;
    const auto pick = [&](std::size_t count) { return random() % count; };
    for (std::size_t left = 1 + pick(8); left > 0; --left) {
        // What is left to do takes less time than the whole; starting up is never more than a fifth of it.
        const double share =
            1 - static_cast<double>(committed.rows.size()) / static_cast<double>(reference.meanings.size());
        const auto longest = static_cast<std::size_t>(static_cast<double>(reference.duration.count()) *
                                                      std::clamp(share, 0.2, 1.0));
        const Kill kill{victims[pick(victims.size())], std::chrono::microseconds(pick(longest))};
        INFO("after " << kill.delay.count() << " us, victim " << static_cast<int>(kill.victim));
        const auto outcome = collectAndKill(folder, arguments, environment, kill);
        const Snapshot now = snapshotOf(folder);
        requireKept(committed, now);
        if (outcome) {
            requireSensibleEnd(kill, *outcome);
            if (kill.victim == Victim::worker) REQUIRE(now.failures() <= 1);
            if (metSomebody(kill, *outcome)) ++hits;
        }
        committed = now;
    }
    const Outcome last = runRidge(folder, arguments, environment);
    INFO(last.err);
    REQUIRE(last.status == 0);
    const Snapshot complete = snapshotOf(folder);
    requireKept(committed, complete);
    REQUIRE((meanings(complete) == reference.meanings));
    requireWhole(folder);
    const auto contents = folder.contents();
    REQUIRE(runRidge(folder, arguments, environment).status == 0);
    REQUIRE((folder.contents() == contents));
    return hits;
}

void fillUntil(int kills, const Arguments& arguments, const Environment& environment,
               const std::vector<Victim>& victims) {
    const char* given = std::getenv("RIDGE_SEED");
    const unsigned seed =
        given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
    INFO("RIDGE_SEED=" << seed << " draws the same kills again");
    std::mt19937 random(seed);
    const Reference reference = undisturbed(arguments, environment);
    for (int done = 0; done < kills;)
        done += fillUnderKills(arguments, environment, reference, victims, random);
}

}  // namespace

TEST_CASE("measuring, resumed after 200 kills, has every point once and every committed one as it was") {
    const auto [kills, plan] = GENERATE(table<int, Arguments>({
        {120, {"llama-13b", "--set", "batch=4", "--set", "seq=128"}},
        {80, {"gpt2-l", "--set", "seq=200"}},  // parents and children
    }));
    Arguments arguments{"collect", "-o", "x.db", "--resume"};
    arguments.insert(arguments.end(), plan.begin(), plan.end());
    fillUntil(kills, arguments, {{"RIDGE_WORKER", fakeWorker()}},
              {Victim::supervisor, Victim::supervisor, Victim::worker, Victim::supervisorPolitely});
}

TEST_CASE("two GPUs into one file, resumed after kills, have every point once each") {
    fillUntil(40,
              {"collect", "-o", "x.db", "--resume", "--device", "all", "llama-13b", "--set", "batch=4",
               "--set", "seq=128"},
              {{"RIDGE_WORKER", fakeWorker()}}, {Victim::supervisor, Victim::supervisorPolitely});
}

TEST_CASE("modelling, resumed after 200 kills, has every point once and every committed one as it was") {
    fillUntil(200,
              {"collect", "-o", "x.db", "--resume", "--model", "NVIDIA A40", "llama-13b",
               "llama-33b-speculation", "--set", "batch=1,4"},
              {}, {Victim::supervisor, Victim::supervisor, Victim::supervisorPolitely});
}

TEST_CASE("a worker that hangs does not outlive a killed supervisor for long") {
    const Folder folder;
    const pid_t ridge = startRidge(folder, {"collect", "llama-13b", "-o", "x.db"},
                                   {{"RIDGE_WORKER", fakeWorker()}, {"FAKE_WORKER", "hang"}});
    std::optional<pid_t> worker;
    for (int i = 0; i < 100 && !worker; ++i) {
        std::this_thread::sleep_for(20ms);
        worker = childOf(ridge);
    }
    REQUIRE(worker);
    std::this_thread::sleep_for(200ms);  // until it hangs
    ::kill(ridge, SIGKILL);
    static_cast<void>(finish(ridge, folder));
    const auto name = "/proc/" + std::to_string(*worker) + "/stat";
    // Gone, or a zombie where nobody adopts orphans.
    const auto ended = [&] {
        std::string stat = readFile(name);
        stat.erase(0, stat.rfind(')') + 1);
        return stat.empty() || stat.rfind(" Z", 0) == 0;
    };
    CHECK_FALSE(ended());
    const auto killed = steady_clock::now();
    while (!ended() && steady_clock::now() - killed < 20s) std::this_thread::sleep_for(20ms);
    CHECK(ended());
}
