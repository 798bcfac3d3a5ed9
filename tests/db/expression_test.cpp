// SPDX-License-Identifier: Apache-2.0
// What a user may write as EXPR, and that nothing else gets through.
#include "db/expression.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include "db/results.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using namespace ridge::db::testing;
using ridge::Error;
using ridge::ExitCode;

namespace {

struct Fixture {
    Store store = Store::inMemory();
    Fixture() {
        const auto run = store.addRun({});
        const auto device = store.addDevice(a40("GPU-1"), a40Sheet());
        for (const std::int64_t batch : {1, 2, 4, 8}) {
            Record record = measuredRecord();
            record.point.batch = batch;
            record.point.op = batch > 2 ? "up" : "down";
            record.point.params = R"({"splits":)" + std::to_string(batch) + "}";
            store.addPoint(run, device, record);
        }
    }
    [[nodiscard]] std::size_t count(std::string_view where) const {
        return Results::of(store).points(where).size();
    }
};

/// Refused by the check before work and by every reader alike.
Error refusal(const std::string& expression) {
    INFO(expression);
    const Fixture f;
    Error early = errorOf([&] { requireValidExpression(expression); });
    const Error late = errorOf([&] { (void)Results::of(f.store).points(expression); });
    const Error table = errorOf([&] { (void)Results::of(f.store).table("v_points", expression); });
    CHECK(early.code() == ExitCode::usage);
    CHECK(std::string(early.what()) == late.what());
    CHECK(std::string(early.what()) == table.what());
    CHECK_THAT(early.what(), ContainsSubstring("EXPR '" + expression.substr(0, 40)));
    CHECK(f.count("") == 4);
    return early;
}

}  // namespace

TEST_CASE("an expression selects rows") {
    const Fixture f;
    CHECK(f.count("") == 4);
    CHECK(f.count("batch > 2") == 2);
    CHECK(f.count("operator = 'up' AND (batch = 4 OR batch = 1)") == 1);
    CHECK(f.count("\"operator\" IN ('up', 'down') -0") == 4);
    CHECK(f.count("spec IS NULL AND roof_fraction < 1 AND device LIKE '%a40'") == 4);
    CHECK(f.count("json_extract(params, '$.splits') = 8") == 1);
    CHECK(f.count("params ->> 'splits' BETWEEN 2 AND 4") == 2);
    CHECK(f.count("CASE WHEN batch > 4 THEN 1 ELSE 0 END") == 1);
    CHECK(f.count("operator = 'it''s -- ; (' OR batch = 1") == 1);
    CHECK(f.count("flags = ''\n") == 4);
    CHECK_NOTHROW(requireValidExpression("abs(time_ns - 2e6) < 1 AND round(intensity, 1) = 2"));
    CHECK_NOTHROW(requireValidExpression(""));
}

TEST_CASE("an unknown column is named, with the nearest ones") {
    const Error error = refusal("tme_ns > 1");
    CHECK_THAT(error.what(), ContainsSubstring("no such column: tme_ns at character 1"));
    CHECK_THAT(error.hint(), ContainsSubstring("time_ns"));
    CHECK_THAT(refusal("batch > 1 AND foo").what(), ContainsSubstring("foo at character 15"));
}

TEST_CASE("a double-quoted unknown name is an error, not a text") {
    const Error error = refusal("\"time_nz\" > 0");
    CHECK_THAT(error.what(), ContainsSubstring("no such column"));
    CHECK_THAT(error.hint(), ContainsSubstring("time_ns"));
    (void)refusal("operator = \"up\"");
}

TEST_CASE("columns of the tables under the view are not columns of the view") {
    for (const char* name : {"run_id", "compute_path", "device_id", "point.time_ns", "v_runs.state"}) {
        CHECK_THAT(refusal(name).what(), ContainsSubstring("no such column"));
    }
    (void)refusal("rowid IS NULL");  // SQLite gives every view one
    (void)refusal("oid IS NULL");
}

TEST_CASE("syntax errors say where SQLite stopped") {
    CHECK_THAT(refusal("batch >> > 1").what(), ContainsSubstring("near \">\": syntax error at character 10"));
    CHECK_THAT(refusal("batch =").what(), ContainsSubstring("not complete"));
    CHECK_THAT(refusal("batch = 1 2").what(), ContainsSubstring("syntax error"));
    (void)refusal(" ");
}

TEST_CASE("an expression cannot leave its parentheses") {
    for (const char* attack :
         {"1); DROP TABLE point; --", "1) --", "1) OR (1", "1; DELETE FROM point", "1)", "(1", "1 -- x",
          "1 /* x", "1 /* x */", "'unclosed", "\"unclosed", "[unclosed", "`unclosed",
          "1) UNION SELECT 1 FROM (run", "1) ORDER BY (1", "1) GROUP BY (batch", "1) LIMIT (1"}) {
        (void)refusal(attack);
    }
    const std::string zero("1\0; DROP TABLE point", 20);
    CHECK_THAT(errorOf([&] { requireValidExpression(zero); }).what(), ContainsSubstring("zero byte"));
}

TEST_CASE("an expression cannot write, attach, load or look elsewhere") {
    for (const char* attack : {"point_id IN (SELECT point_id FROM point)",
                               "EXISTS (SELECT 1 FROM sqlite_schema)",
                               "(sElEcT count(*) FROM run) > 0",
                               "(WITH v_points AS (VALUES (1)) SELECT 1)",
                               "point_id IN run",
                               "point_id IN sqlite_schema",
                               "point_id IN metric",
                               "point_id IN roof",
                               "point_id IN pragma_user_version",
                               "point_id IN json_each('[1]')",
                               "load_extension('x.so')",
                               "random() > 0",
                               "randomblob(9) > 0",
                               "zeroblob(1000000000) > 0",
                               "sqlite_version() > 0",
                               "changes() = 0",
                               "last_insert_rowid() = 1",
                               "readfile('/etc/passwd') > ''",
                               "writefile('x', 'y')",
                               "printf('%1000000000d', 1) = ''",
                               "current_timestamp > 'x'",
                               "datetime('now') > ''",
                               "RAISE(ABORT, 'x')",
                               "count(*) > 1",
                               "max(batch) = 8",
                               "row_number() OVER () = 1",
                               "PRAGMA user_version = 7",
                               "ATTACH 'x' AS y",
                               "DROP TABLE point",
                               "batch = ?",
                               "batch = :a",
                               "batch = @a",
                               "batch = $a",
                               "batch MATCH 'x'",
                               "op REGEXP 'x'",
                               "batch COLLATE nothing = 1"}) {
        (void)refusal(attack);
    }
}

TEST_CASE("the size of an expression is bounded") {
    CHECK_THAT(refusal(std::string(40000, '1')).what(), ContainsSubstring("longer than 32 KiB"));
    std::string deep;
    for (int i = 0; i < 2000; ++i) deep += "(";
    (void)refusal(deep + "1" + std::string(2000, ')'));
    std::string sum = "1";
    for (int i = 0; i < 5000; ++i) sum += "+1";
    (void)refusal(sum);
    std::string list = "point_id IN (0";
    for (int i = 1; i < 5000; ++i) list += "," + std::to_string(i);
    CHECK_NOTHROW(requireValidExpression(list + ")"));
}

TEST_CASE("what fails only on a row is still the expression's fault") {
    const Fixture f;
    const Error error = errorOf([&] { (void)f.count("json_extract('{broken', '$.x') = 1"); });
    CHECK(error.code() == ExitCode::usage);
    CHECK(errorOf([&] { (void)f.count("'x' LIKE '" + std::string(300, '%') + "'"); }).code() ==
          ExitCode::usage);
}

TEST_CASE("the guard ends with its scope") {
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    {
        const ExpressionGuard guard(database);
        CHECK_THROWS_AS(database.exec("CREATE TABLE t (a)"), SQLite::Exception);
        CHECK_THROWS_AS(database.exec("PRAGMA user_version"), SQLite::Exception);
    }
    CHECK_NOTHROW(database.exec("CREATE TABLE t (a)"));
}
