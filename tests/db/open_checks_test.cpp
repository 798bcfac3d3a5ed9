// SPDX-License-Identifier: Apache-2.0
// What is no results file, or cannot be one, is refused by name and left as it was.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;
using ridge::Error;
using ridge::ExitCode;
namespace fs = std::filesystem;

namespace {

void makeResults(const fs::path& file, int points = 1) {
    Store store = Store::openForAppending(file);
    const auto run = store.addRun({});
    const auto device = store.addDevice(a40(), a40Sheet());
    const std::vector<Store::LinkedRecord> records(static_cast<std::size_t>(points),
                                                   {measuredRecord(), {}, {}});
    store.addPoints(run, device, records);
}

/// All three ways in refuse `file` with `reason` and leave it, and what lies beside it, alone.
void requireRefused(const TemporaryFolder& folder, const fs::path& file, const std::string& reason) {
    INFO(file);
    const auto names = folder.names();
    const std::string before = fs::is_regular_file(file) ? contentOf(file) : "";
    for (const auto& call : std::vector<std::function<void()>>{[&] { (void)Results::open(file); },
                                                               [&] { (void)Store::openForAppending(file); },
                                                               [&] { Store::requireWritable(file); }}) {
        const Error error = errorOf(call);
        CHECK(error.code() == ExitCode::failed);
        CHECK_THAT(error.what(), ContainsSubstring(reason));
        CHECK_THAT(error.what(), ContainsSubstring(file.filename().string()));
    }
    CHECK(folder.names() == names);
    if (fs::is_regular_file(file)) CHECK(contentOf(file) == before);
}

void requireUnwritable(const fs::path& file, const std::string& reason) {
    INFO(file);
    for (const auto& call : std::vector<std::function<void()>>{[&] { (void)Store::openForAppending(file); },
                                                               [&] { Store::requireWritable(file); }}) {
        const Error error = errorOf(call);
        CHECK(error.code() == ExitCode::failed);
        CHECK_THAT(error.what(), ContainsSubstring(reason));
    }
}

}  // namespace

TEST_CASE("refuses what is no SQLite file") {
    const TemporaryFolder folder;
    write(folder / "notes.txt", "dear diary");
    requireRefused(folder, folder / "notes.txt", "no SQLite database");
    write(folder / "long.txt", std::string(5000, 'x'));
    requireRefused(folder, folder / "long.txt", "no SQLite database");
    write(folder / "byte", "S");
    requireRefused(folder, folder / "byte", "no SQLite database");
}

TEST_CASE("refuses another program's database") {
    const TemporaryFolder folder;
    SQLite::Database(std::string(folder / "other.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE bookmark (url)");
    requireRefused(folder, folder / "other.db", "another program's");
}

TEST_CASE("refuses a database newer than itself") {
    const TemporaryFolder folder;
    makeResults(folder / "new.db");
    SQLite::Database(std::string(folder / "new.db"), SQLite::OPEN_READWRITE)
        .exec("PRAGMA user_version = 999");
    requireRefused(folder, folder / "new.db", "newer than this program: schema 999");
}

TEST_CASE("refuses a truncated file") {
    const TemporaryFolder folder;
    makeResults(folder / "whole.db", 50);
    const std::string whole = contentOf(folder / "whole.db");
    for (const std::size_t size : {std::size_t{50}, std::size_t{100}, std::size_t{4096}, whole.size() / 2,
                                   whole.size() - 4096, whole.size() - 1}) {
        write(folder / "cut.db", whole.substr(0, size));
        requireRefused(folder, folder / "cut.db", "truncated");
    }
}

TEST_CASE("refuses a file with damaged pages or without its tables") {
    const TemporaryFolder folder;
    makeResults(folder / "damaged.db", 50);
    std::string bytes = contentOf(folder / "damaged.db");
    for (std::size_t i = 8192; i < bytes.size(); ++i) bytes[i] = '\x5A';
    write(folder / "damaged.db", bytes);
    requireRefused(folder, folder / "damaged.db", "damaged");
    SQLite::Database(std::string(folder / "hollow.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("PRAGMA application_id = 0x52444745; PRAGMA user_version = 1; CREATE TABLE point (a)");
    requireRefused(folder, folder / "hollow.db", "damaged");
}

TEST_CASE("refuses directories, pipes and links to nothing without waiting") {
    const TemporaryFolder folder;
    fs::create_directory(folder / "results");
    requireRefused(folder, folder / "results", "is a directory");
    REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
    requireRefused(folder, folder / "pipe", "no regular file");
    fs::create_symlink("gone", folder / "link");
    requireRefused(folder, folder / "link", "link to nothing");
}

TEST_CASE("reading refuses what is missing or empty; writing takes both as new") {
    const TemporaryFolder folder;
    CHECK_THAT(errorOf([&] { (void)Results::open(folder / "gone.db"); }).what(),
               ContainsSubstring("no file"));
    write(folder / "empty.db", "");
    CHECK_THAT(errorOf([&] { (void)Results::open(folder / "empty.db"); }).what(), ContainsSubstring("empty"));
    CHECK_NOTHROW(Store::requireWritable(folder / "gone.db"));
    CHECK_NOTHROW(Store::requireWritable(folder / "empty.db"));
    CHECK(folder.names() == std::set<std::string>{"empty.db"});
    makeResults(folder / "empty.db");
    CHECK(Results::open(folder / "empty.db").points().size() == 1);
}

TEST_CASE("refuses a folder that is missing, is a file, or takes no files") {
    const TemporaryFolder folder;
    requireUnwritable(folder / "no/such/ridge.db", "there is no folder");
    write(folder / "file", "x");
    requireUnwritable(folder / "file/ridge.db", "is a file");
    requireUnwritable("/proc/ridge.db", "ridge.db");
    CHECK(folder.names() == std::set<std::string>{"file"});
}

// Root passes every permission check, so the checks run in a child that is somebody else.
TEST_CASE("without permission a folder or a file is unwritable, and a read-only folder is still read") {
    const TemporaryFolder folder;
    makeResults(folder / "ridge.db");
    fs::permissions(folder.path(), fs::perms{0555});
    fs::permissions(folder / "ridge.db", fs::perms{0444});
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        constexpr uid_t nobody = 65534;
        if (getuid() == 0 && setuid(nobody) != 0) _exit(10);
        int failures = 0;
        for (const char* name : {"ridge.db", "new.db"}) {
            try {
                Store::requireWritable(folder / name);
                ++failures;
            } catch (const Error& error) {
                const std::string what = error.what();
                failures += what.find("not writable") == std::string::npos ? 1 : 0;
            }
        }
        try {
            failures += Results::open(folder / "ridge.db").points().size() == 1 ? 0 : 1;
        } catch (const Error&) {
            ++failures;
        }
        _exit(failures);
    }
    int status = 0;
    waitpid(child, &status, 0);
    fs::permissions(folder.path(), fs::perms{0755});
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(folder.names() == std::set<std::string>{"ridge.db"});
}

TEST_CASE("names with blanks, percent signs and question marks are names") {
    const TemporaryFolder folder;
    const auto file = folder / "a b%20?mode=rwc#1.db";
    makeResults(file);
    CHECK(Results::open(file).points().size() == 1);
    CHECK(folder.names() == std::set<std::string>{"a b%20?mode=rwc#1.db"});
}

TEST_CASE("random bytes end in an error or in a readable file, never in a crash or a change") {
    const TemporaryFolder folder;
    makeResults(folder / "whole.db", 20);
    const std::string whole = contentOf(folder / "whole.db");
    std::mt19937 random(2025);
    const auto below = [&](std::size_t bound) { return random() % bound; };
    int refused = 0;
    for (int trial = 0; trial < 150; ++trial) {
        std::string bytes = whole;
        if (trial % 3 == 0) {  // nothing but noise, with the magic in front
            bytes = whole.substr(0, 16) + std::string(below(9000), '\0');
            for (std::size_t i = 16; i < bytes.size(); ++i) bytes[i] = static_cast<char>(random());
        } else if (trial % 3 == 1) {  // a damaged header
            for (int i = 0; i < 4; ++i) bytes[16 + below(84)] = static_cast<char>(random());
        } else {  // damaged pages
            for (int i = 0; i < 64; ++i) bytes[100 + below(bytes.size() - 100)] = static_cast<char>(random());
        }
        const auto file = folder / "noise.db";
        write(file, bytes);
        try {
            const Results results = Results::open(file);
            (void)results.points();
            (void)results.table("v_kernels");
        } catch (const Error& error) {
            ++refused;
            REQUIRE(error.code() == ExitCode::failed);
        }
        try {
            Store::requireWritable(file);
        } catch (const Error&) {
        }
        REQUIRE(contentOf(file) == bytes);
        REQUIRE(folder.names() == std::set<std::string>{"noise.db", "whole.db"});
    }
    CHECK(refused > 100);
}
