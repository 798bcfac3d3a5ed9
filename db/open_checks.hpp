// SPDX-License-Identifier: Apache-2.0
// What is checked of a results file before it is read or written; none of it changes a byte.
#pragma once

#include <cstdint>
#include <filesystem>

namespace SQLite {  // NOLINT(readability-identifier-naming): the wrapper's own
class Database;
}

namespace ridge::db {

enum class FileContent { missing, empty, database };

/// What SQLite may keep beside a database, in bytes; 0 where it is missing or empty.
struct SideFiles {
    std::uintmax_t walBytes = 0, journalBytes = 0;
    bool wal = false, sharedMemory = false;  ///< exist, even if empty
};

/// The file SQLite will open: absolute, symbolic links followed, so that side files are looked for beside it.
[[nodiscard]] std::filesystem::path resolved(const std::filesystem::path& file);
[[nodiscard]] SideFiles sideFiles(const std::filesystem::path& file);
/// The header says that the file was last in WAL mode.
[[nodiscard]] bool inWalMode(const std::filesystem::path& file);

/// Throws ridge::Error (failed): a directory, no regular file, unreadable, not SQLite, truncated.
[[nodiscard]] FileContent inspectFile(const std::filesystem::path& file);
/// Throws ridge::Error (failed) when the file, or a new one in its folder, cannot be written.
void requireWritablePath(const std::filesystem::path& file);

/// A database nobody has put anything into counts as new.
[[nodiscard]] bool isBlank(SQLite::Database& database);
/// Throws ridge::Error (failed): another application's, newer than this program, damaged. The search for
/// damage is PRAGMA quick_check up to 4 MiB, above it both ends of every table.
void requireResults(SQLite::Database& database, const std::filesystem::path& file);

/// For statfs: shared memory and locks of WAL do not work across machines. `magic` is f_type.
[[nodiscard]] bool isNetworkFileSystem(std::uint64_t magic) noexcept;
[[nodiscard]] bool onNetworkFileSystem(const std::filesystem::path& file) noexcept;

}  // namespace ridge::db
