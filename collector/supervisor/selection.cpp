// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/selection.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "db/model/run.hpp"
#include "db/results.hpp"
#include "db/store.hpp"

namespace ridge::supervisor {
namespace {

/// For every point, the first point it is tied to by a parent or a shared measurement, directly or not.
std::vector<std::size_t> groupsOf(const std::vector<plan::PlannedPoint>& points) {
    std::vector<std::size_t> group(points.size());
    std::iota(group.begin(), group.end(), std::size_t{0});
    const auto first = [&group](std::size_t i) {
        while (group[i] != i) i = group[i] = group[group[i]];
        return i;
    };
    const auto unite = [&](std::size_t a, std::size_t b) {
        const auto [low, high] =
            std::minmax({first(a), first(b)});  // a list: values, not references to temporaries
        group[high] = low;
    };
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i].parent) unite(i, *points[i].parent);
        if (points[i].measuredAs) unite(i, *points[i].measuredAs);
    }
    for (std::size_t i = 0; i < points.size(); ++i) group[i] = first(i);
    return group;
}

}  // namespace

db::Point plannedPoint(const PlannedWork& work, std::size_t index, db::Provenance provenance) {
    db::Point point = work.points[index].point;
    point.provenance = provenance;
    // Where nothing runs, no counter counts and no cache is in any state.
    const bool measured = provenance == db::Provenance::measured;
    const std::string& set = work.metricSet.empty() ? work.options.metricSet : work.metricSet;
    point.metricSet = measured ? set : std::string();
    point.cache = measured ? work.options.cache : std::string();
    return point;
}

std::size_t selectedCount(const PlannedWork& work) {
    return static_cast<std::size_t>(std::count(work.selected.begin(), work.selected.end(), true));
}

void selectOnly(PlannedWork& work, std::string_view expression, const db::Device& device,
                db::Provenance provenance) {
    std::vector<db::Store::LinkedRecord> records;
    records.reserve(work.points.size());
    for (std::size_t i = 0; i < work.points.size(); ++i) {
        const plan::PlannedPoint& planned = work.points[i];
        records.push_back(
            {{plannedPoint(work, i, provenance), {}, {}, {}}, planned.parent, planned.measuredAs});
    }
    db::Store store = db::Store::inMemory();
    const std::int64_t run = store.addRun(db::Run{});
    const auto ids = store.addPoints(run, store.addDevice(device, {}), records);

    std::set<std::int64_t> holds;
    for (const db::PointRow& row : db::Results::of(store).points(expression))
        holds.insert(row.point.id.value());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (holds.count(ids[i]) == 0) work.selected[i] = false;
    }
}

void selectShard(PlannedWork& work, const Shard& shard) {
    const std::vector<std::size_t> groups = groupsOf(work.points);
    std::map<std::size_t, std::size_t> dealt;  // group -> its turn among the groups with something selected
    for (std::size_t i = 0; i < work.points.size(); ++i) {
        if (!work.selected[i]) continue;
        const std::size_t turn = dealt.try_emplace(groups[i], dealt.size()).first->second;
        work.selected[i] = turn % shard.count == shard.index;
    }
}

std::vector<Links> linksOf(const PlannedWork& work) {
    std::vector<Links> links(work.points.size());
    std::map<std::size_t, std::size_t> leaders;  // first row of a shape -> its first selected row
    for (std::size_t i = 0; i < work.points.size(); ++i) {
        if (!work.selected[i]) continue;
        const plan::PlannedPoint& planned = work.points[i];
        if (planned.parent && work.selected[*planned.parent]) links[i].parent = planned.parent;
        const std::size_t leader = leaders.try_emplace(planned.measuredAs.value_or(i), i).first->second;
        if (leader != i) links[i].source = leader;
    }
    return links;
}

}  // namespace ridge::supervisor
