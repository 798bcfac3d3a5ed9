// SPDX-License-Identifier: Apache-2.0
#include "db/detail_source.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "db/expression.hpp"

namespace ridge::db {
namespace {

/// Of v_points: what tells people which point a row belongs to.
constexpr std::array naming{"point_id", "measured_as", "series", "operator", "phase",      "batch",
                            "seq",      "spec",        "model",  "device",   "device_uuid"};

void append(std::vector<std::string>& columns, const std::vector<std::string>& more) {
    columns.insert(columns.end(), more.begin(), more.end());
}

}  // namespace

Source viewSource(SQLite::Database& database, std::string_view view) {
    std::vector<std::string> columns = columnsOf(database, view);
    return {quotedList({std::string(view)}), columns, columns};
}

Source detailSource(SQLite::Database& database, std::string_view view) {
    std::vector<std::string> own = columnsOf(database, view);
    std::erase(own, "point_id");
    Source source;
    source.columns = columnsOf(database, "v_points");
    std::erase_if(source.columns, [&](const std::string& column) {
        return std::find(own.begin(), own.end(), column) != own.end();
    });
    source.sql = "(SELECT " + quotedList(source.columns, "p.") + ", " + quotedList(own, "v.") +
                 " FROM v_points AS p JOIN " + std::string(view) +
                 " AS v ON v.point_id = coalesce(p.measured_as, p.point_id))";
    source.shown.assign(naming.begin(), naming.end());
    append(source.columns, own);
    append(source.shown, own);
    return source;
}

std::string quotedList(const std::vector<std::string>& columns, std::string_view owner) {
    std::string list;
    for (const std::string& column : columns) {
        list += list.empty() ? "" : ", ";
        list.append(owner).append("\"").append(column).append("\"");
    }
    return list;
}

}  // namespace ridge::db
