// SPDX-License-Identifier: Apache-2.0
// Runs whose program was killed, and which therefore could not say how they ended.
#pragma once

namespace SQLite {  // NOLINT(readability-identifier-naming): the wrapper's own
class Database;
}

namespace ridge::db {

/// Makes `interrupted` of every run that is `running` although nobody else has the file open. When it ended
/// nobody knows: finished_at stays NULL. Asks for a journal mode as chosen for writing; true where it left
/// it, so that it is to be chosen anew. Whoever is killed in between leaves no WAL: the next one, too, has to
/// choose first.
[[nodiscard]] bool endAbandonedRuns(SQLite::Database& database);

}  // namespace ridge::db
