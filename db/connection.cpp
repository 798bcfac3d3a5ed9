// SPDX-License-Identifier: Apache-2.0
#include "db/connection.hpp"

#include <sqlite3.h>

#include <array>

namespace ridge::db {
namespace {

void configure(SQLite::Database& database, int option, int value) {
    const int rc = sqlite3_db_config(database.getHandle(), option, value, nullptr);
    if (rc != SQLITE_OK) throw SQLite::Exception("this SQLite lacks a safety switch", rc);
}

}  // namespace

std::unique_ptr<SQLite::Database> connect(const std::string& name, int flags) {
    auto database = std::make_unique<SQLite::Database>(name, flags, busyTimeoutMs);
    configure(*database, SQLITE_DBCONFIG_DEFENSIVE, 1);
    configure(*database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
    configure(*database, SQLITE_DBCONFIG_DQS_DML, 0);
    configure(*database, SQLITE_DBCONFIG_DQS_DDL, 0);
    return database;
}

std::unique_ptr<SQLite::Database> connectInMemory() {
    return connect(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
}

std::string uriOf(const std::filesystem::path& file, const std::string& query) {
    constexpr std::array<char, 16> digits{'0', '1', '2', '3', '4', '5', '6', '7',
                                          '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};
    std::string uri = "file://";
    for (const char c : std::filesystem::absolute(file).string()) {
        if (c == '%' || c == '?' || c == '#') {
            const auto byte = static_cast<unsigned char>(c);
            uri += {'%', digits[byte >> 4U], digits[byte & 15U]};
        } else {
            uri += c;
        }
    }
    return uri + "?" + query;
}

Error storeError(const std::filesystem::path& file, const SQLite::Exception& error) {
    const std::string name = "'" + file.string() + "'";
    switch (error.getErrorCode()) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {ExitCode::failed, name + " is damaged: " + error.what(),
                    "restore a copy, or save what is left with: sqlite3 FILE .recover"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ExitCode::failed, name + " is locked by another program",
                    "wait for it to finish, or write to another file"};
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
            return {ExitCode::failed, name + " cannot be opened or written: " + error.what(),
                    "check the permissions of the file and of its folder"};
        case SQLITE_FULL:
            return {ExitCode::failed, name + " cannot grow: the disk is full",
                    "free some space; what was committed is kept"};
        case SQLITE_IOERR:
            return {ExitCode::failed, name + " cannot be read or written: " + error.what(),
                    "check the disk or the network file system it lies on"};
        default:
            return {ExitCode::failed, name + ": " + error.what(),
                    "run `ridge check` on the file; if it finds nothing, please report this"};
    }
}

}  // namespace ridge::db
