// SPDX-License-Identifier: Apache-2.0
#include "db/migrations.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace ridge::db {

int schemaVersion(SQLite::Database& database) {
    return database.execAndGet("PRAGMA user_version").getInt();
}

int latestVersion(std::span<const Migration> steps) noexcept {
    return steps.empty() ? 0 : steps.back().version;
}

void migrate(SQLite::Database& database, std::span<const Migration> steps) {
    if (schemaVersion(database) >= latestVersion(steps)) return;
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    // Read again: another program may have migrated the file before the lock was ours.
    const int from = schemaVersion(database);
    for (const Migration& step : steps) {
        if (step.version > from) database.exec(std::string(step.sql));
    }
    if (SQLite::Statement(database, "PRAGMA foreign_key_check").executeStep()) {
        throw SQLite::Exception("a migration broke a foreign key");
    }
    if (from < latestVersion(steps)) {
        database.exec("PRAGMA application_id = " + std::to_string(resultsApplicationId));
        database.exec("PRAGMA user_version = " + std::to_string(latestVersion(steps)));
    }
    transaction.commit();
}

}  // namespace ridge::db
