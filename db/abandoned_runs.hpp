// SPDX-License-Identifier: Apache-2.0
// Runs whose program was killed, and which therefore could not say how they ended.
#pragma once

namespace SQLite {  // NOLINT(readability-identifier-naming): the wrapper's own
class Database;
}

namespace ridge::db {

/// Makes `interrupted` of every run that is `running` although nobody else has the file open. When it ended
/// nobody knows: finished_at stays NULL. Leaves the journal mode to be chosen anew.
void endAbandonedRuns(SQLite::Database& database);

}  // namespace ridge::db
