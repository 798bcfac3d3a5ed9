// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/modelling.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

namespace ridge::plan {
namespace {

/// Rows of one path coincide once implementation and series no longer count.
struct Group {
    std::size_t first = 0;
    std::string ending;  ///< what all labels end in, from a blank on
    std::set<std::string> implementations;
};

std::string numberText(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "-";
}

/// What a row is, below everything its parents are.
std::string pathOf(const db::Point& p, const std::string& parentPath) {
    std::string path = parentPath + '/';
    for (const auto* text : {&p.plan, &p.op, &p.phase, &p.model, &p.dtype, &p.layout, &p.params}) {
        path += *text + '|';
    }
    for (const auto* number : {&p.batch, &p.seq, &p.spec, &p.tokens, &p.context, &p.m, &p.n, &p.k}) {
        path += numberText(*number) + '|';
    }
    return path;
}

std::string commonEnding(const std::string& a, const std::string& b) {
    const auto [inA, inB] = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
    const std::string ending(inA.base(), a.end());
    const auto blank = ending.find(' ');
    return blank == std::string::npos ? std::string{} : ending.substr(blank);
}

}  // namespace

std::vector<PlannedPoint> forModelling(std::vector<PlannedPoint> points) {
    std::vector<std::string> paths;
    std::map<std::string, Group> groups;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto& [point, parent, measuredAs, repeats, bytes] = points[i];
        paths.push_back(pathOf(point, parent ? paths[*parent] : std::string{}));
        const auto [entry, isNew] = groups.try_emplace(paths[i], Group{i, point.series, {}});
        Group& group = entry->second;
        if (!isNew) group.ending = commonEnding(group.ending, point.series);
        group.implementations.insert(point.implementation);
    }
    std::vector<PlannedPoint> kept;
    std::vector<std::size_t> newIndex(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Group& group = groups.at(paths[i]);
        const bool coincide = group.implementations.size() > 1;
        if (coincide && group.first != i) {
            newIndex[i] = newIndex[group.first];
            continue;
        }
        newIndex[i] = kept.size();
        PlannedPoint& row = kept.emplace_back(std::move(points[i]));
        row.point.implementation = "attainable";
        if (coincide) row.point.series = "attainable" + group.ending;
        if (row.parent) row.parent = newIndex[*row.parent];
        if (row.measuredAs) row.measuredAs = newIndex[*row.measuredAs];
    }
    return kept;
}

}  // namespace ridge::plan
