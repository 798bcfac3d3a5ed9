// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/result_set.hpp"

#include <algorithm>

namespace ridge::gui {

const db::PointRow* ResultFile::find(std::int64_t pointId) const {
    const auto id = [](const db::PointRow& row) { return row.point.id.value_or(0); };
    const auto found = std::ranges::lower_bound(points, pointId, {}, id);
    return found != points.end() && id(*found) == pointId ? &*found : nullptr;
}

std::vector<const db::PointRow*> ResultFile::matching(std::string_view where) const {
    const db::Results results = db::Results::open(path);
    std::vector<const db::PointRow*> rows;
    for (const std::vector<db::Cell>& cells : results.table("v_points", where, "point_id", {"point_id"}).rows)
        if (const db::PointRow* row = find(std::get<std::int64_t>(cells.front()))) rows.push_back(row);
    return rows;
}

ResultFile readFile(const std::filesystem::path& path) {
    const db::Results results = db::Results::open(path);
    return {path, results.points(), results.ceilings()};
}

}  // namespace ridge::gui
