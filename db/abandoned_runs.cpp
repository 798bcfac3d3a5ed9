// SPDX-License-Identifier: Apache-2.0
#include "db/abandoned_runs.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cstdint>
#include <vector>

#include "db/connection.hpp"

namespace ridge::db {
namespace {

std::vector<std::int64_t> runsGoingOn(SQLite::Database& database) {
    std::vector<std::int64_t> ids;
    SQLite::Statement row(database, "SELECT run_id FROM run WHERE state = 'running'");
    while (row.executeStep()) ids.push_back(row.getColumn(0).getInt64());
    return ids;
}

/// True when no other connection has the file open. Only a WAL knows: there every connection holds a lock
/// that leaving WAL mode needs; with a rollback journal a writer between two points looks like none.
bool openedByNobodyElse(SQLite::Database& database) {
    if (database.execAndGet("PRAGMA journal_mode").getString() != "wal") return false;
    database.setBusyTimeout(0);
    bool alone = true;
    try {
        database.execAndGet("PRAGMA journal_mode = DELETE");
    } catch (const SQLite::Exception& error) {
        if (error.getErrorCode() != SQLITE_BUSY && error.getErrorCode() != SQLITE_LOCKED) throw;
        alone = false;
    }
    database.setBusyTimeout(busyTimeoutMs);
    return alone;
}

}  // namespace

bool endAbandonedRuns(SQLite::Database& database) {
    const std::vector<std::int64_t> ids = runsGoingOn(database);  // before: a new one may start meanwhile
    if (ids.empty() || !openedByNobodyElse(database)) return false;
    SQLite::Statement row(database,
                          "UPDATE run SET state = 'interrupted' WHERE run_id = ? AND state = 'running'");
    for (const std::int64_t id : ids) {
        row.bind(1, id);
        row.exec();
        row.reset();
    }
    return true;
}

}  // namespace ridge::db
