// SPDX-License-Identifier: Apache-2.0
#include <SQLiteCpp/SQLiteCpp.h>

#include <ctime>

#include "db/migrations.hpp"
#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;

namespace {

/// A fresh schema with a run, a device and one plain point, as any SQLite program would see it.
struct Fixture {
    SQLite::Database database{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    Fixture() {
        migrate(database);
        database.exec("PRAGMA foreign_keys = ON");
        database.exec(
            "INSERT INTO run (run_uuid, started_at, state, formula_version) "
            "VALUES ('00000000-0000-4000-8000-000000000000', '2025-01-01T00:00:00Z', 'running', 1)");
        database.exec("INSERT INTO device (name) VALUES ('NVIDIA A40')");
        database.exec(
            "INSERT INTO point (run_id, device_id, provenance, status) VALUES (1, 1, 'measured', 'ok')");
    }
    [[nodiscard]] bool accepts(const std::string& sql) { return database.tryExec(sql) == 0; }
    [[nodiscard]] std::string columns(const std::string& view) {
        const SQLite::Statement all(database, "SELECT * FROM " + view);
        std::string list;
        for (int i = 0; i < all.getColumnCount(); ++i) {
            list += (i == 0 ? "" : ", ") + std::string(all.getColumnName(i));
        }
        return list;
    }
};

}  // namespace

TEST_CASE("the public views have exactly the columns of the contract, in its order") {
    Fixture f;
    CHECK(f.columns("v_points") ==
          "point_id, parent_id, measured_as, run_uuid, provenance, status, status_reason, plan, workload, "
          "series, operator, phase, implementation, model, device, device_uuid, chip, host, dtype, layout, "
          "batch, seq, spec, tokens, context, kv_heads, m, n, k, params, "
          "kernels, launches_per_range, time_ns, time_low_ns, time_high_ns, samples, time_method, "
          "flops_executed, flops_useful, flops_algorithmic, emitted_tokens, dram_bytes, dram_read_bytes, "
          "dram_write_bytes, compulsory_bytes, l2_bytes, l1_bytes, "
          "intensity, intensity_algorithmic, flops_per_s, useful_flops_per_s, algorithmic_flops_per_s, "
          "dram_bytes_per_s, roof_flops_per_s, roof_at_clock_flops_per_s, roof_fraction, bound, "
          "flop_inflation, byte_inflation, energy_j, invariant, deterministic, "
          "passes, metric_set, cache, sm_clock_hz, tags, flags");
    CHECK(f.columns("v_ceilings") ==
          "device, device_uuid, host, chip, kind, name, value, unit, origin, method, spread, clock_hz, "
          "source, measured_at, of_datasheet, kernel, counted, expected");
    CHECK(f.columns("v_kernels") ==
          "point_id, ordinal, name, short_name, grid, block, launches, time_ns, flops_executed, dram_bytes, "
          "share_of_time");
    CHECK(f.columns("v_runs") ==
          "run_uuid, started_at, finished_at, state, plan, host, rank, ranks, job, driver, cuda, cupti, "
          "tool_version, formula_version, clock_lock, command");
    CHECK(f.columns("v_metrics") == "point_id, name, value, unit, origin, upper_bound");
    CHECK(f.columns("v_samples") ==
          "point_id, ordinal, time_ns, sm_clock_hz, memory_clock_hz, temperature_c, power_w, throttle");
}

TEST_CASE("the file says what it is: application id, schema version, STRICT tables") {
    Fixture f;
    CHECK(f.database.execAndGet("PRAGMA application_id").getInt() == 0x52444745);
    CHECK(f.database.execAndGet("PRAGMA user_version").getInt() == latestVersion(migrations()));
    for (const char* table :
         {"run", "device", "ceiling", "point", "sample", "metric", "quantity", "kernel", "note"}) {
        SQLite::Statement row(f.database, "SELECT strict FROM pragma_table_list WHERE name = ?");
        row.bind(1, table);
        REQUIRE(row.executeStep());
        CHECK(row.getColumn(0).getInt() == 1);
    }
    CHECK_FALSE(f.accepts("UPDATE point SET time_ns = 'soon'"));
}

TEST_CASE("words outside the vocabulary are refused by the tables themselves") {
    Fixture f;
    CHECK_FALSE(f.accepts("UPDATE point SET provenance = 'guessed'"));
    CHECK_FALSE(f.accepts("UPDATE point SET status = 'fine'"));
    CHECK_FALSE(f.accepts("UPDATE run SET state = 'sleeping'"));
    CHECK_FALSE(f.accepts("UPDATE point SET params = '[]'"));
    CHECK_FALSE(f.accepts("UPDATE point SET params = NULL"));
    CHECK_FALSE(f.accepts("UPDATE point SET flags = NULL"));
    CHECK_FALSE(f.accepts("UPDATE point SET flags = 'padded,above_roof'"));
    CHECK_FALSE(f.accepts("UPDATE point SET time_ns = -1"));
    CHECK_FALSE(f.accepts("UPDATE point SET invariant = 2"));
    const std::string ceiling = "INSERT INTO ceiling (device_id, kind, name, value, unit, origin) VALUES ";
    CHECK(f.accepts(ceiling + "(1, 'memory', 'dram', 696e9, 'byte/s', 'datasheet')"));
    CHECK_FALSE(f.accepts(ceiling + "(1, 'memory', 'dram', 696e9, 'byte/s', 'datasheet')"));
    CHECK_FALSE(f.accepts(ceiling + "(1, 'memory', 'l2_read', 1e12, 'flop/s', 'datasheet')"));
    CHECK_FALSE(f.accepts(ceiling + "(1, 'magic', 'fp32', 1e12, 'flop/s', 'datasheet')"));
    CHECK_FALSE(f.accepts(ceiling + "(1, 'compute', 'fp32', 1e12, 'flop/s', 'guessed')"));
    CHECK_FALSE(f.accepts(ceiling + "(1, 'compute', 'fp32', 0, 'flop/s', 'measured')"));
}

TEST_CASE("foreign keys hold, and what hangs on a point goes with it") {
    Fixture f;
    CHECK_FALSE(
        f.accepts("INSERT INTO point (run_id, device_id, provenance, status) VALUES (2, 1, "
                  "'measured', 'ok')"));
    CHECK_FALSE(f.accepts("INSERT INTO sample (point_id, ordinal, time_ns) VALUES (9, 0, 1)"));
    CHECK(f.accepts("INSERT INTO sample (point_id, ordinal, time_ns) VALUES (1, 0, 1)"));
    CHECK(f.accepts("INSERT INTO note (point_id, kind, text, created_at) VALUES (1, 'note', 'odd', 'now')"));
    CHECK_FALSE(f.accepts("INSERT INTO note (kind, text, created_at) VALUES ('note', 'of nothing', 'now')"));
    CHECK(f.accepts("DELETE FROM point"));
    CHECK(f.database.execAndGet("SELECT count(*) FROM sample").getInt() == 0);
    CHECK(f.database.execAndGet("SELECT count(*) FROM note").getInt() == 0);
}

TEST_CASE("a point with nothing but its status is a row of NULLs, with empty flags") {
    Fixture f;
    SQLite::Statement row(f.database, "SELECT * FROM v_points");
    REQUIRE(row.executeStep());
    const std::set<std::string> known{"point_id", "run_uuid", "provenance", "status",
                                      "device",   "params",   "tags",       "flags"};
    for (int i = 0; i < row.getColumnCount(); ++i) {
        INFO(row.getColumnName(i));
        CHECK(row.isColumnNull(i) == !known.contains(row.getColumnName(i)));
    }
    CHECK(row.getColumn("flags").getString().empty());
    CHECK(row.getColumn("params").getString() == "{}");
}

TEST_CASE("reading 100000 points through v_points takes less than two seconds") {
    Fixture f;
    f.database.exec(
        "INSERT INTO ceiling (device_id, kind, name, value, unit, origin) VALUES "
        "(1, 'memory', 'dram', 696e9, 'byte/s', 'datasheet'), "
        "(1, 'compute', 'tensor_bf16', 149.7e12, 'flop/s', 'datasheet')");
    f.database.exec(
        "WITH RECURSIVE i (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 99999) "
        "INSERT INTO point (run_id, device_id, provenance, status, compute_path, time_ns, flops_executed, "
        "dram_bytes) SELECT 1, 1, 'measured', 'ok', 'tensor_bf16', 1e3 + i, 1e9, 1e6 FROM i");
    const std::clock_t begin = std::clock();  // processor time: others may use the machine
    SQLite::Statement all(f.database, "SELECT * FROM v_points");
    int rows = 0;
    int roofs = 0;
    while (all.executeStep()) {
        ++rows;
        roofs += all.isColumnNull("roof_flops_per_s") ? 0 : 1;
    }
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    CHECK(rows == 100000);
    CHECK(roofs == 99999);
    CHECK(seconds < 2);
}
