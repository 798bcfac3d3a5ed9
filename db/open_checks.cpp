// SPDX-License-Identifier: Apache-2.0
#include "db/open_checks.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "db/connection.hpp"
#include "db/migrations.hpp"
#include "db/model/error.hpp"

namespace ridge::db {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t headerBytes = 100;
constexpr std::uintmax_t quickCheckBytes = 4U << 20U;
constexpr const char* otherFileHint = "name a results file that ridge wrote, or a new file";

using Header = std::array<unsigned char, headerBytes>;

std::string quoted(const fs::path& file) {
    return "'" + file.string() + "'";
}

Error failure(const std::string& what, const std::string& hint) {
    return {ExitCode::failed, what, hint};
}

fs::path beside(const fs::path& file, const char* suffix) {
    fs::path side = file;
    side += suffix;
    return side;
}

std::uintmax_t sizeOf(const fs::path& file) {
    std::error_code none;
    const std::uintmax_t size = fs::file_size(file, none);
    return none ? 0 : size;
}

/// Returns how many bytes of the header there were.
std::size_t readHeader(const fs::path& file, Header& header) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        throw failure(quoted(file) + " cannot be read: " + std::generic_category().message(errno),
                      "check the permissions of the file and of its folder");
    }
    in.read(reinterpret_cast<char*>(header.data()), headerBytes);
    return static_cast<std::size_t>(in.gcount());
}

/// Big-endian, as SQLite's file format has it (https://www.sqlite.org/fileformat.html, section 1.3).
std::uint32_t wordAt(const Header& header, std::size_t offset) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) word = word << 8U | header.at(offset + i);
    return word;
}

/// Bytes the header promises, or 0 where it does not know (written by a very old SQLite).
std::uintmax_t promisedBytes(const Header& header) {
    if (wordAt(header, 24) != wordAt(header, 92)) return 0;
    const std::uintmax_t pageSize = static_cast<unsigned>(header[16] << 8U | header[17]);
    return (pageSize == 1 ? 65536 : pageSize) * wordAt(header, 28);
}

void requireWholeDatabase(const fs::path& file, const Header& header, std::size_t got) {
    constexpr std::string_view magic{"SQLite format 3\0", 16};
    const auto known = std::min(got, magic.size());
    if (got < magic.size() ||
        !std::equal(magic.begin(), magic.begin() + known, header.begin(),
                    [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; })) {
        throw failure(quoted(file) + " is not a ridge results file: it is no SQLite database", otherFileHint);
    }
    const SideFiles side = sideFiles(file);
    const bool pending = side.walBytes > 0 || side.journalBytes > 0;
    if (got < headerBytes || (!pending && sizeOf(file) < promisedBytes(header))) {
        throw failure(quoted(file) + " is truncated: its header promises " +
                          std::to_string(promisedBytes(header)) + " bytes, it has " +
                          std::to_string(sizeOf(file)),
                      "copy it again, or save what is left with: sqlite3 FILE .recover");
    }
}

/// access() for the effective user; root passes it wherever the file system is not read-only.
void requireAccess(const fs::path& path, int mode, const std::string& what) {
    if (faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0) return;
    throw failure(what + ": " + std::generic_category().message(errno),
                  "check the permissions, or name a file elsewhere");
}

/// Creates a nameless file in the folder, or, where the file system has none, a named one that is gone at
/// once: pseudo file systems such as /proc grant access and refuse only this.
void requireCreatable(const fs::path& folder, const std::string& what) {
    int descriptor = open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        std::string name = (folder / ".ridge-XXXXXX").string();
        descriptor = mkostemp(name.data(), O_CLOEXEC);
        if (descriptor < 0) {
            throw failure(what + ": " + std::generic_category().message(errno), "name a file elsewhere");
        }
        unlink(name.c_str());
    }
    close(descriptor);
}

/// Both ends of a table, through its primary key.
void touchEnds(SQLite::Database& database, const std::string& table, const std::string& key) {
    for (const char* order : {" ASC", " DESC"}) {
        std::string query = "SELECT * FROM ";
        query.append(table).append(" ORDER BY ").append(key).append(order).append(" LIMIT 1");
        SQLite::Statement row(database, query);
        row.executeStep();
    }
}

/// Whether schema version 1 does without it.
bool isSince2(std::string_view name) {
    return name == "quantity" || name == "v_metrics" || name == "v_samples";
}

void searchDamage(SQLite::Database& database, const fs::path& file) {
    const bool first = schemaVersion(database) == 1;
    for (const char* view : {"v_points", "v_ceilings", "v_kernels", "v_runs", "v_metrics", "v_samples"}) {
        if (first && isSince2(view)) continue;
        const SQLite::Statement compiles(database, std::string("SELECT * FROM ") + view);
    }
    for (const char* table : {"run", "device", "ceiling", "point", "note"}) {
        touchEnds(database, table, std::string(table) + "_id");
    }
    for (const char* table : {"sample", "metric", "kernel", "quantity"}) {
        if (!(first && isSince2(table))) touchEnds(database, table, "point_id");
    }
    if (sizeOf(file) > quickCheckBytes) return;
    const std::string verdict = database.execAndGet("PRAGMA quick_check(1)").getString();
    if (verdict != "ok") throw SQLite::Exception(verdict, SQLITE_CORRUPT);
}

}  // namespace

fs::path resolved(const fs::path& file) {
    if (file.empty())
        throw Error(ExitCode::usage, "'' names no results file", "name one, for instance 'ridge.db'");
    std::error_code failed;
    const fs::path canonical = fs::weakly_canonical(file, failed);
    return fs::absolute(failed ? file : canonical);
}

SideFiles sideFiles(const fs::path& file) {
    std::error_code none;
    SideFiles side;
    side.walBytes = sizeOf(beside(file, "-wal"));
    side.journalBytes = sizeOf(beside(file, "-journal"));
    side.wal = fs::exists(beside(file, "-wal"), none);
    side.sharedMemory = fs::exists(beside(file, "-shm"), none);
    return side;
}

bool inWalMode(const fs::path& file) {
    Header header{};
    return readHeader(file, header) == headerBytes && header[18] == 2;
}

FileContent inspectFile(const fs::path& file) {
    std::error_code failed;
    const fs::file_status status = fs::status(file, failed);
    if (fs::is_directory(status)) {
        throw failure(quoted(file) + " is a directory",
                      "name a file, for instance " + quoted(file / "ridge.db"));
    }
    if (status.type() == fs::file_type::not_found) {
        if (fs::is_symlink(fs::symlink_status(file, failed))) {
            throw failure(quoted(file) + " is a link to nothing", "remove the link, or name a file");
        }
        return FileContent::missing;
    }
    if (!fs::exists(status)) {
        throw failure(quoted(file) + " cannot be reached: " + failed.message(), otherFileHint);
    }
    // Not opened: reading a pipe would wait for ever.
    if (!fs::is_regular_file(status)) throw failure(quoted(file) + " is no regular file", otherFileHint);
    Header header{};
    const std::size_t got = readHeader(file, header);
    if (got == 0) return FileContent::empty;
    requireWholeDatabase(file, header, got);
    return FileContent::database;
}

void requireWritablePath(const fs::path& file) {
    const fs::path folder = resolved(file).parent_path();
    std::error_code failed;
    const fs::file_status status = fs::status(folder, failed);
    if (!fs::exists(status)) {
        throw failure("there is no folder " + quoted(folder) + " for " + quoted(file),
                      "create it: mkdir -p " + quoted(folder));
    }
    if (!fs::is_directory(status)) {
        throw failure(quoted(folder) + " is a file, so it cannot hold " + quoted(file),
                      "name a file in a folder that exists");
    }
    // SQLite keeps its journal beside the file: the folder must be writable even for an existing file.
    requireAccess(folder, W_OK | X_OK, "the folder of " + quoted(file) + " is not writable");
    if (fs::exists(file, failed)) requireAccess(file, R_OK | W_OK, quoted(file) + " is not writable");
    requireCreatable(folder, "no file can be created beside " + quoted(file));
}

bool isBlank(SQLite::Database& database) {
    return database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0 &&
           database.execAndGet("PRAGMA application_id").getInt() == 0 && schemaVersion(database) == 0;
}

void requireResults(SQLite::Database& database, const fs::path& file) {
    translating(file, [&] {
        if (isBlank(database)) {
            throw failure(quoted(file) + " is not a ridge results file: it is empty", otherFileHint);
        }
        if (database.execAndGet("PRAGMA application_id").getInt() != resultsApplicationId) {
            throw failure(quoted(file) + " is not a ridge results file: it is another program's database",
                          otherFileHint);
        }
        const int version = schemaVersion(database);
        const int known = latestVersion(migrations());
        if (version > known) {
            throw failure(quoted(file) + " is newer than this program: schema " + std::to_string(version) +
                              ", this program knows " + std::to_string(known),
                          "upgrade ridge to read it");
        }
    });
    try {
        searchDamage(database, file);
    } catch (const SQLite::Exception& error) {
        if (error.getErrorCode() != SQLITE_ERROR) throw storeError(file, error);
        // A table or column that must be there is not.
        throw storeError(file, SQLite::Exception(error.what(), SQLITE_CORRUPT));
    }
}

bool isNetworkFileSystem(std::uint64_t magic) noexcept {
    // f_type of NFS, SMB, CIFS, SMB2, Lustre, GPFS, FUSE, Ceph, BeeGFS, AFS, PanFS, 9P (statfs(2) and the
    // projects' sources).
    constexpr std::array<std::uint64_t, 12> magics{0x6969,     0x517B,     0xFF534D42, 0xFE534D42,
                                                   0x0BD00BD0, 0x47504653, 0x65735546, 0x00C36400,
                                                   0x19830326, 0x5346414F, 0xAAD7AAEA, 0x01021997};
    return std::find(magics.begin(), magics.end(), magic) != magics.end();
}

bool onNetworkFileSystem(const fs::path& file) noexcept {
    struct statfs info {};
    if (statfs(file.c_str(), &info) != 0) return true;  // unknown: the journal that works everywhere
    return isNetworkFileSystem(static_cast<std::uint32_t>(info.f_type));
}

}  // namespace ridge::db
