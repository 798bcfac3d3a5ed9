// SPDX-License-Identifier: Apache-2.0
// The one writer of results files: creates, migrates, appends; a point is committed whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "db/model/device.hpp"
#include "db/model/point.hpp"
#include "db/model/run.hpp"

namespace ridge::db {

/// Not thread-safe: one thread at a time. Throws ridge::Error (failed) naming the file, the reason and the
/// next step: not writable, not a ridge file, newer than this program, damaged, locked by another writer.
class Store {
 public:
    /// Opens an existing results file for appending (migrating an older one) or creates a new one. Everything
    /// is checked before a byte of the file changes; a file it had to create and never committed a run to is
    /// removed on destruction. Runs that a killed program left `running` become `interrupted`, provided that
    /// nobody else has the file open.
    [[nodiscard]] static Store openForAppending(const std::filesystem::path& file);
    /// A results file that lives in memory only: planned rows, tests.
    [[nodiscard]] static Store inMemory();
    /// Throws what openForAppending would throw, and touches nothing.
    static void requireWritable(const std::filesystem::path& file);
    /// Whether appending would start a new results file: there is none, it is empty, or a writer was killed
    /// before its first commit. Throws what openForAppending would throw, and touches nothing.
    [[nodiscard]] static bool isNew(const std::filesystem::path& file);
    /// Makes a plain file again of one that a killed writer left with a journal beside it, as opening and
    /// closing it does; touches no other file.
    static void repair(const std::filesystem::path& file);

    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    /// Returns the run's row id. An empty uuid becomes a random one, an empty start the present.
    std::int64_t addRun(const Run& run);
    /// `state`: finished, interrupted, failed. Stamps finished_at.
    void finishRun(std::int64_t runId, std::string_view state);
    /// Returns the row id of the device (the same one for the same uuid, or for the same name where both have
    /// none); adds the ceilings it does not have yet.
    std::int64_t addDevice(const Device& device, std::span<const Ceiling> ceilings);
    /// Appends one point with its samples, metrics, computed values and kernels in one transaction; returns
    /// point_id. The point's own id is ignored, a stored flag `above_roof` is left to the view; numbers must
    /// be finite and `params` a JSON object.
    std::int64_t addPoint(std::int64_t runId, std::int64_t deviceId, const Record& record);
    /// Appends many in one transaction. `parent` and `measuredAs` of records[i] are indexes into `records`
    /// where set (they must be smaller than i); returns the point ids in order.
    struct LinkedRecord {
        Record record;
        std::optional<std::size_t> parent, measuredAs;
    };
    std::vector<std::int64_t> addPoints(std::int64_t runId, std::int64_t deviceId,
                                        std::span<const LinkedRecord> records);
    /// Puts `record` in the place of a point that was tried again or is known better, in one transaction. The
    /// row keeps its id, so that its children, its sharers and its notes stay with it.
    void replacePoint(std::int64_t pointId, std::int64_t runId, std::int64_t deviceId, const Record& record);

    /// Leaves one plain file (journal_mode=DELETE). Called by the destructor too, where errors are swallowed.
    void close();

 private:
    struct Connection;
    explicit Store(std::unique_ptr<Connection> connection);
    friend class Results;  // reads an in-memory store
    std::unique_ptr<Connection> m_connection;
};

}  // namespace ridge::db
