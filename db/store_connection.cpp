// SPDX-License-Identifier: Apache-2.0
#include "db/store_connection.hpp"

#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "db/rows.hpp"

namespace ridge::db {
namespace {

std::vector<std::string> joined(std::vector<std::string> left, const std::vector<std::string>& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

std::vector<std::string> pointColumns() {
    ColumnNames names;
    const Point point;
    visitPointColumns(point, names);
    return names.names;
}

std::vector<std::string> sampleColumns() {
    ColumnNames names;
    const Sample sample;
    visitSampleColumns(sample, names);
    return names.names;
}

std::vector<std::string> kernelColumns() {
    ColumnNames names;
    const Kernel kernel;
    visitKernelColumns(kernel, names);
    return names.names;
}

std::vector<std::string> computedColumns() {
    ColumnNames names;
    const ComputedValue computed;
    visitComputedColumns(computed, names);
    return names.names;
}

void requireObject(const std::string& params) {
    const auto json = nlohmann::json::parse(params, nullptr, false);
    if (json.is_object()) return;
    throw Error(ExitCode::failed, "params is no JSON object: " + params, "use {} where there are none");
}

/// The flags without `above_roof`, which is the view's to say.
std::string storedFlags(const std::string& flags) {
    std::string kept;
    for (std::size_t begin = 0; begin <= flags.size();) {
        const std::size_t end = std::min(flags.find(',', begin), flags.size());
        const std::string flag = flags.substr(begin, end - begin);
        if (!flag.empty() && flag != "above_roof") kept += (kept.empty() ? "" : ",") + flag;
        begin = end + 1;
    }
    return kept;
}

/// Executes a statement from its start and leaves it ready for the next row.
void execute(SQLite::Statement& statement) {
    statement.exec();
    statement.reset();
}

}  // namespace

Insert::Insert(SQLite::Database& database, const std::string& table, const std::vector<std::string>& keys,
               const std::vector<std::string>& columns)
    : statement(database, insertInto(table, joined(keys, columns))),
      firstColumn(static_cast<int>(keys.size()) + 1) {}

Inserts::Inserts(SQLite::Database& database)
    : point(database, "point", {"run_id", "device_id"}, pointColumns()),
      sample(database, "sample", {"point_id", "ordinal"}, sampleColumns()),
      metric(database, "metric", {"point_id", "name", "value", "unit"}, {}),
      computed(database, "quantity", {"point_id"}, computedColumns()),
      kernel(database, "kernel", {"point_id"}, kernelColumns()) {}

SQLite::Database& Store::Connection::open() const {
    if (database == nullptr) throw Error(ExitCode::failed, "'" + file.string() + "' is closed already");
    return *database;
}

std::int64_t Store::Connection::insertRecord(std::int64_t runId, std::int64_t deviceId, const Point& point,
                                             const Record& record) {
    requireObject(point.params);
    if (inserts == nullptr) inserts = std::make_unique<Inserts>(open());
    Point stored = point;
    stored.id.reset();
    stored.flags = storedFlags(point.flags);
    // A statement that failed before was not reset.
    SQLite::Statement& row = inserts->point.statement;
    row.tryReset();
    row.bind(1, runId);
    row.bind(2, deviceId);
    visitPointColumns(std::as_const(stored), Binder(row, inserts->point.firstColumn));
    execute(row);
    const std::int64_t pointId = database->getLastInsertRowid();

    SQLite::Statement& sampleRow = inserts->sample.statement;
    sampleRow.tryReset();
    for (std::size_t i = 0; i < record.samples.size(); ++i) {
        sampleRow.bind(1, pointId);
        sampleRow.bind(2, static_cast<std::int64_t>(i));
        visitSampleColumns(record.samples[i], Binder(sampleRow, inserts->sample.firstColumn));
        execute(sampleRow);
    }
    SQLite::Statement& metricRow = inserts->metric.statement;
    metricRow.tryReset();
    for (const auto& [name, value] : record.metrics) {
        metricRow.bind(1, pointId);
        metricRow.bind(2, name);
        Binder bind(metricRow, 3);
        bind(name.c_str(), value);
        const auto unit = record.metricUnits.find(name);
        bind("unit", unit == record.metricUnits.end() ? std::string() : unit->second);
        execute(metricRow);
    }
    SQLite::Statement& computedRow = inserts->computed.statement;
    computedRow.tryReset();
    for (const ComputedValue& computed : record.computed) {
        computedRow.bind(1, pointId);
        visitComputedColumns(computed, Binder(computedRow, inserts->computed.firstColumn));
        execute(computedRow);
    }
    SQLite::Statement& kernelRow = inserts->kernel.statement;
    kernelRow.tryReset();
    for (const Kernel& kernel : record.kernels) {
        kernelRow.bind(1, pointId);
        visitKernelColumns(kernel, Binder(kernelRow, inserts->kernel.firstColumn));
        execute(kernelRow);
    }
    return pointId;
}

void Store::Connection::close() {
    if (database == nullptr) return;
    inserts.reset();
    bool unused = false;
    translating(file, [&] {
        unused = created && database->execAndGet("SELECT count(*) FROM run").getInt64() == 0;
        // Whoever has the file open for longer than this will not be waited for.
        database->setBusyTimeout(1000);
        try {
            // Writes everything back into the one file and removes what SQLite keeps beside it.
            database->execAndGet("PRAGMA journal_mode = DELETE");
        } catch (const SQLite::Exception& error) {
            // Somebody else has it open: the last one to close leaves the plain file.
            if (error.getErrorCode() != SQLITE_BUSY && error.getErrorCode() != SQLITE_LOCKED) throw;
            database->tryExec("PRAGMA wal_checkpoint(PASSIVE)");
            unused = false;
        }
    });
    database.reset();
    if (unused) std::filesystem::remove(file);
}

}  // namespace ridge::db
