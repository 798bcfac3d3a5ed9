// SPDX-License-Identifier: Apache-2.0
#include "db/store.hpp"

#include <string>
#include <utility>

#include "db/abandoned_runs.hpp"
#include "db/migrations.hpp"
#include "db/open_checks.hpp"
#include "db/read_access.hpp"
#include "db/rows.hpp"
#include "db/run_identity.hpp"
#include "db/store_connection.hpp"

namespace ridge::db {
namespace {

namespace fs = std::filesystem;

/// Everything that can be said without touching the file.
FileContent requireAppendable(const fs::path& file) {
    const FileContent content = inspectFile(file);
    requireWritablePath(file);
    if (content != FileContent::database) return content;
    const auto database = openForReading(file);
    if (translating(file, [&] { return isBlank(*database); })) return FileContent::empty;
    requireResults(*database, file);
    return content;
}

/// WAL lets others read while this writes and costs no fsync a point, but its shared memory must not be
/// shared across machines; without it every commit is synchronised.
void chooseJournal(SQLite::Database& database, const fs::path& folder) {
    const bool wal =
        !onNetworkFileSystem(folder) && database.execAndGet("PRAGMA journal_mode = WAL").getString() == "wal";
    if (!wal) database.execAndGet("PRAGMA journal_mode = DELETE");
    database.exec(wal ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
}

std::int64_t insertRun(SQLite::Database& database, const Run& run) {
    SQLite::Statement row(
        database, insertInto("run", {"run_uuid", "started_at", "finished_at", "state", "plan", "host", "rank",
                                     "ranks", "job", "driver", "cuda", "cupti", "tool_version",
                                     "formula_version", "clock_lock", "command"}));
    Binder bind(row);
    bind("run_uuid", run.uuid.empty() ? randomUuid() : run.uuid);
    bind("started_at", run.startedAt.empty() ? utcNow() : run.startedAt);
    bind("finished_at", run.finishedAt);
    bind("state", run.state);
    bind("plan", run.plan);
    bind("host", run.host);
    bind("rank", run.rank);
    bind("ranks", run.ranks);
    bind("job", run.job);
    bind("driver", run.driver);
    bind("cuda", run.cuda);
    bind("cupti", run.cupti);
    bind("tool_version", run.toolVersion);
    bind("formula_version", run.formulaVersion);
    bind("clock_lock", run.clockLock);
    bind("command", run.command);
    row.exec();
    return database.getLastInsertRowid();
}

/// The row of the same uuid, or of the same name where neither has one.
std::optional<std::int64_t> findDevice(SQLite::Database& database, const Device& device) {
    const bool named = device.uuid.empty();
    SQLite::Statement row(database, named ? "SELECT device_id FROM device WHERE name = ? COLLATE NOCASE AND "
                                            "uuid IS NULL"
                                          : "SELECT device_id FROM device WHERE uuid = ?");
    row.bind(1, named ? device.name : device.uuid);
    if (!row.executeStep()) return std::nullopt;
    return row.getColumn(0).getInt64();
}

std::int64_t insertDevice(SQLite::Database& database, const Device& device) {
    ColumnNames names;
    visitDeviceColumns(device, names);
    SQLite::Statement row(database, insertInto("device", names.names));
    visitDeviceColumns(device, Binder(row));
    row.exec();
    return database.getLastInsertRowid();
}

/// What was known of the device stays; what was not is filled in.
void completeDevice(SQLite::Database& database, std::int64_t deviceId, const Device& device) {
    ColumnNames names;
    visitDeviceColumns(device, names);
    std::string assignments;
    for (const std::string& name : names.names) {
        assignments += assignments.empty() ? "" : ", ";
        assignments.append(name).append(" = coalesce(").append(name).append(", ?)");
    }
    SQLite::Statement row(database, "UPDATE device SET " + assignments + " WHERE device_id = ?");
    visitDeviceColumns(device, Binder(row));
    row.bind(static_cast<int>(names.names.size()) + 1, deviceId);
    row.exec();
}

void insertCeilings(SQLite::Database& database, std::int64_t deviceId, std::span<const Ceiling> ceilings) {
    ColumnNames names;
    names.names.emplace_back("device_id");
    const Ceiling none;
    visitCeilingColumns(none, names);
    SQLite::Statement row(database, insertInto("ceiling", names.names) + " ON CONFLICT DO NOTHING");
    for (const Ceiling& ceiling : ceilings) {
        row.bind(1, deviceId);
        visitCeilingColumns(ceiling, Binder(row, 2));
        row.exec();
        row.reset();
    }
}

/// What `from` holds becomes what `to` holds, under the id of `to` and with what hangs on it; `from` is gone.
void moveOver(SQLite::Database& database, std::int64_t from, std::int64_t to) {
    const auto execute = [&](const std::string& sql, std::initializer_list<std::int64_t> ids) {
        SQLite::Statement row(database, sql);
        for (int parameter = 1; const std::int64_t id : ids) row.bind(parameter++, id);
        return row.exec();
    };
    ColumnNames columns;
    const Point point;
    visitPointColumns(point, columns);
    std::string list = "run_id, device_id";
    for (const std::string& name : columns.names) list += name == "point_id" ? "" : ", " + name;
    const std::string update =
        "UPDATE point SET (" + list + ") = (SELECT " + list + " FROM point WHERE point_id = ?) ";
    // The id after the last is nobody's and has just become that of `from`.
    if (from == to || execute(update + "WHERE point_id = ?", {from, to}) == 0)
        throw Error(ExitCode::failed, "there is no point " + std::to_string(to));
    for (const std::string table : {"sample", "metric", "quantity", "kernel"}) {
        execute("DELETE FROM " + table + " WHERE point_id = ?", {to});
        execute("UPDATE " + table + " SET point_id = ? WHERE point_id = ?", {to, from});
    }
    execute("DELETE FROM point WHERE point_id = ?", {from});
}

void requireEarlier(const std::optional<std::size_t>& link, std::size_t index) {
    if (!link || *link < index) return;
    throw Error(ExitCode::failed, "record " + std::to_string(index) + " links to record " +
                                      std::to_string(*link) + ", which does not come before it");
}

}  // namespace

Store::Store(std::unique_ptr<Connection> connection) : m_connection(std::move(connection)) {}
Store::Store(Store&&) noexcept = default;

Store& Store::operator=(Store&& other) noexcept {
    std::swap(m_connection, other.m_connection);
    return *this;
}

Store::~Store() {
    if (m_connection == nullptr) return;
    try {
        close();
    } catch (...) {  // close() reports; whoever did not call it does not ask
    }
}

Store Store::openForAppending(const fs::path& file) {
    const FileContent content = requireAppendable(file);
    const fs::path target = resolved(file);
    auto connection = std::make_unique<Connection>();
    connection->file = target;
    connection->created = content == FileContent::missing;
    translating(file, [&] {
        // A kill between here and the end of migrate() leaves an empty file, or one whose journal SQLite
        // rolls back to nothing: both count as new.
        connection->database = connect(target.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        migrate(*connection->database);
        chooseJournal(*connection->database, target.parent_path());
        if (endAbandonedRuns(*connection->database))
            chooseJournal(*connection->database, target.parent_path());
        connection->database->exec("PRAGMA foreign_keys = ON");
    });
    return Store(std::move(connection));
}

Store Store::inMemory() {
    auto connection = std::make_unique<Connection>();
    connection->file = ":memory:";
    translating(connection->file, [&] {
        connection->database = connectInMemory();
        migrate(*connection->database);
        connection->database->exec("PRAGMA foreign_keys = ON");
    });
    return Store(std::move(connection));
}

void Store::requireWritable(const fs::path& file) {
    requireAppendable(file);
}

bool Store::isNew(const fs::path& file) {
    return requireAppendable(file) != FileContent::database;
}

void Store::repair(const fs::path& file) {
    if (inspectFile(file) != FileContent::database) return;
    const fs::path target = resolved(file);
    if (inWalMode(target) || sideFiles(target).journalBytes > 0) openForAppending(file).close();
}

std::int64_t Store::addRun(const Run& run) {
    SQLite::Database& database = m_connection->open();
    return translating(m_connection->file, [&] { return insertRun(database, run); });
}

void Store::finishRun(std::int64_t runId, std::string_view state) {
    SQLite::Database& database = m_connection->open();
    translating(m_connection->file, [&] {
        SQLite::Statement row(database, "UPDATE run SET state = ?, finished_at = ? WHERE run_id = ?");
        row.bind(1, std::string(state));
        row.bind(2, utcNow());
        row.bind(3, runId);
        if (row.exec() == 0) throw Error(ExitCode::failed, "there is no run " + std::to_string(runId));
    });
}

std::int64_t Store::addDevice(const Device& device, std::span<const Ceiling> ceilings) {
    SQLite::Database& database = m_connection->open();
    return translating(m_connection->file, [&] {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        const auto found = findDevice(database, device);
        const std::int64_t deviceId = found ? *found : insertDevice(database, device);
        if (found) completeDevice(database, deviceId, device);
        insertCeilings(database, deviceId, ceilings);
        transaction.commit();
        return deviceId;
    });
}

std::int64_t Store::addPoint(std::int64_t runId, std::int64_t deviceId, const Record& record) {
    SQLite::Database& database = m_connection->open();
    return translating(m_connection->file, [&] {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        const std::int64_t pointId = m_connection->insertRecord(runId, deviceId, record.point, record);
        transaction.commit();
        return pointId;
    });
}

std::vector<std::int64_t> Store::addPoints(std::int64_t runId, std::int64_t deviceId,
                                           std::span<const LinkedRecord> records) {
    SQLite::Database& database = m_connection->open();
    return translating(m_connection->file, [&] {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        std::vector<std::int64_t> ids;
        ids.reserve(records.size());
        for (const auto& [record, parent, measuredAs] : records) {
            requireEarlier(parent, ids.size());
            requireEarlier(measuredAs, ids.size());
            Point point = record.point;
            if (parent) point.parentId = ids[*parent];
            if (measuredAs) point.measuredAs = ids[*measuredAs];
            ids.push_back(m_connection->insertRecord(runId, deviceId, point, record));
        }
        transaction.commit();
        return ids;
    });
}

void Store::replacePoint(std::int64_t pointId, std::int64_t runId, std::int64_t deviceId,
                         const Record& record) {
    SQLite::Database& database = m_connection->open();
    translating(m_connection->file, [&] {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        const std::int64_t fresh = m_connection->insertRecord(runId, deviceId, record.point, record);
        moveOver(database, fresh, pointId);
        transaction.commit();
    });
}

void Store::close() {
    m_connection->close();
}

}  // namespace ridge::db
