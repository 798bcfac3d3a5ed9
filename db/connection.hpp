// SPDX-License-Identifier: Apache-2.0
// How this program opens SQLite, and how SQLite's errors read to a user.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "db/model/error.hpp"

namespace ridge::db {

inline constexpr int busyTimeoutMs = 5000;

/// `name`: ":memory:", a path or a URI (with SQLite::OPEN_URI). Waits for locks up to busyTimeoutMs, trusts
/// no schema, takes double quotes for names only.
[[nodiscard]] std::unique_ptr<SQLite::Database> connect(const std::string& name, int flags);
[[nodiscard]] std::unique_ptr<SQLite::Database> connectInMemory();
/// URI of `file` with a query such as "mode=ro".
[[nodiscard]] std::string uriOf(const std::filesystem::path& file, const std::string& query);

/// ridge::Error (failed) that names the file, what SQLite met, and the next step.
[[nodiscard]] Error storeError(const std::filesystem::path& file, const SQLite::Exception& error);

/// Runs `work`; a SQLite::Exception leaves as storeError(file, ...).
template <class Work>
decltype(auto) translating(const std::filesystem::path& file, Work&& work) {
    try {
        return std::forward<Work>(work)();
    } catch (const SQLite::Exception& error) {
        throw storeError(file, error);
    }
}

}  // namespace ridge::db
