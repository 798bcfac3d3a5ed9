// SPDX-License-Identifier: Apache-2.0
#include "db/read_access.hpp"

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <cstdlib>
#include <string>

#include "db/connection.hpp"
#include "db/open_checks.hpp"

namespace ridge::db {
namespace {

namespace fs = std::filesystem;
using DatabasePtr = std::unique_ptr<SQLite::Database>;

class TemporaryFolder {
 public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "ridge-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw Error(ExitCode::failed, "no folder can be created in '" + name + "'",
                        "set TMPDIR to a folder that is writable");
        }
        m_path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const fs::path& path() const noexcept { return m_path; }

 private:
    fs::path m_path;
};

DatabasePtr memoryCopy(SQLite::Database& source) {
    DatabasePtr copy = connectInMemory();
    // All pages in one step, so that no writer comes between.
    SQLite::Backup(*copy, source).executeStep(-1);
    return copy;
}

/// Reading once proves that locks, side files and the header are as this kind of opening needs them.
DatabasePtr opened(const fs::path& file, const std::string& query) {
    DatabasePtr database = connect(uriOf(file, query), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    database->execAndGet("SELECT count(*) FROM sqlite_schema");
    return database;
}

/// Replays the journal or WAL of a writer that was killed, away from the file.
DatabasePtr recoveredCopy(const fs::path& file) {
    const TemporaryFolder folder;
    const fs::path copy = folder.path() / "copy.db";
    for (const char* suffix : {"", "-wal", "-journal"}) {
        fs::path from = file;
        fs::path to = copy;
        from += suffix;
        to += suffix;
        if (fs::exists(from)) fs::copy_file(from, to);
    }
    const DatabasePtr replayed = connect(copy.string(), SQLite::OPEN_READWRITE);
    return memoryCopy(*replayed);
}

DatabasePtr openRollbackMode(const fs::path& file, const SideFiles& side) {
    try {
        return opened(file, "mode=ro");
    } catch (const SQLite::Exception& error) {
        const int code = error.getErrorCode();
        const bool replayable = code == SQLITE_READONLY || code == SQLITE_CANTOPEN;
        if (side.journalBytes > 0 && replayable) return recoveredCopy(file);
        // File systems without locks: nobody can be writing there through SQLite either.
        if (code == SQLITE_IOERR || code == SQLITE_CANTOPEN) return opened(file, "mode=ro&immutable=1");
        throw;
    }
}

/// In WAL mode a reader creates what is missing of -wal and -shm and leaves it: a direct connection is only
/// for files that have both, which is so while another program has them open.
DatabasePtr openWalMode(const fs::path& file, const SideFiles& side) {
    if (side.wal && side.sharedMemory) return opened(file, "mode=ro");
    if (side.walBytes > 0) return recoveredCopy(file);
    const DatabasePtr still = opened(file, "mode=ro&immutable=1");
    return memoryCopy(*still);  // a writer may start at any time: do not keep an immutable view of it
}

}  // namespace

DatabasePtr openForReading(const fs::path& file) {
    const fs::path target = resolved(file);
    switch (inspectFile(file)) {
        case FileContent::missing:
            throw Error(ExitCode::failed, "there is no file '" + file.string() + "'",
                        "name a results file; `ridge collect` writes one");
        case FileContent::empty:
            throw Error(ExitCode::failed, "'" + file.string() + "' is not a ridge results file: it is empty",
                        "name a results file; `ridge collect` writes one");
        case FileContent::database:
            break;
    }
    return translating(file, [&] {
        const SideFiles side = sideFiles(target);
        return inWalMode(target) ? openWalMode(target, side) : openRollbackMode(target, side);
    });
}

DatabasePtr migratedCopy(SQLite::Database& source, std::span<const Migration> steps) {
    DatabasePtr copy = memoryCopy(source);
    migrate(*copy, steps);
    return copy;
}

}  // namespace ridge::db
