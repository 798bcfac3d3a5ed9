// SPDX-License-Identifier: Apache-2.0
// Opens a results file for reading without leaving a trace beside it, also while another program writes.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "db/migrations.hpp"

namespace ridge::db {

/// A read-only connection, or a copy in memory where SQLite could not read the file without writing beside
/// it: an interrupted writer's journal is replayed on a copy. Checks no more than that it is SQLite. Throws
/// ridge::Error (failed), also for a missing or an empty file.
[[nodiscard]] std::unique_ptr<SQLite::Database> openForReading(const std::filesystem::path& file);

/// A copy in memory, brought to the schema of `steps`. `source` stays as it is. Throws SQLite::Exception.
[[nodiscard]] std::unique_ptr<SQLite::Database> migratedCopy(SQLite::Database& source,
                                                             std::span<const Migration> steps = migrations());

}  // namespace ridge::db
