// SPDX-License-Identifier: Apache-2.0
// What a Store holds: the connection it writes through and the statements it repeats.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "db/store.hpp"

namespace ridge::db {

/// A prepared INSERT whose first columns are keys of the caller, followed by a visited row.
struct Insert {
    Insert(SQLite::Database& database, const std::string& table, const std::vector<std::string>& keys,
           const std::vector<std::string>& columns);
    SQLite::Statement statement;
    int firstColumn;  ///< index of the parameter after the keys
};

struct Inserts {
    explicit Inserts(SQLite::Database& database);
    Insert point, sample, metric, computed, kernel;
};

struct Store::Connection {
    std::filesystem::path file;  ///< ":memory:" where there is none
    std::unique_ptr<SQLite::Database> database;
    std::unique_ptr<Inserts> inserts;  ///< must go before the database
    bool created = false;              ///< the file was not there before

    /// The open database; throws ridge::Error (failed) after close().
    [[nodiscard]] SQLite::Database& open() const;
    [[nodiscard]] std::int64_t insertRecord(std::int64_t runId, std::int64_t deviceId, const Point& point,
                                            const Record& record);
    void close();
};

}  // namespace ridge::db
