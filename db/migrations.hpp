// SPDX-License-Identifier: Apache-2.0
// The numbered steps that make an empty or older database a results file of this version.
#pragma once

#include <span>
#include <string_view>

namespace SQLite {  // NOLINT(readability-identifier-naming): the wrapper's own
class Database;
}

namespace ridge::db {

/// "RDGE": what PRAGMA application_id says of a results file.
inline constexpr int resultsApplicationId = 0x52444745;

/// One file db/migrations/NNN_name.sql; leads from schema version - 1 to `version`.
struct Migration {
    int version = 0;
    std::string_view sql;
};

/// Every step, by version, without gaps from 1.
[[nodiscard]] std::span<const Migration> migrations() noexcept;

[[nodiscard]] int schemaVersion(SQLite::Database& database);
/// The version that `steps` lead to.
[[nodiscard]] int latestVersion(std::span<const Migration> steps) noexcept;

/// Runs the steps the database lacks in one transaction and stamps application_id and user_version. Does
/// nothing where it lacks none. A step that fails leaves the database as it was; throws SQLite::Exception.
/// Call it with PRAGMA foreign_keys off, so that steps can rebuild tables; the keys are checked before the
/// commit.
void migrate(SQLite::Database& database, std::span<const Migration> steps = migrations());

}  // namespace ridge::db
