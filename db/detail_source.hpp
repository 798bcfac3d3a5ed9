// SPDX-License-Identifier: Apache-2.0
// What a query reads: a public view, or the rows of one beside all that is known of the points they belong
// to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace SQLite {  // NOLINT(readability-identifier-naming): the wrapper's own
class Database;
}

namespace ridge::db {

/// `sql` stands behind FROM; `columns` are what an expression may name, `shown` what a table of it shows.
struct Source {
    std::string sql;
    std::vector<std::string> columns, shown;
};

[[nodiscard]] Source viewSource(SQLite::Database& database, std::string_view view);
/// `view` has a point_id. A point that was measured as another has the other's rows. Where the view and
/// v_points have a column of one name, it is the view's.
[[nodiscard]] Source detailSource(SQLite::Database& database, std::string_view view);

/// "\"a\", \"b\"", or "owner.\"a\", owner.\"b\"".
[[nodiscard]] std::string quotedList(const std::vector<std::string>& columns, std::string_view owner = {});

}  // namespace ridge::db
