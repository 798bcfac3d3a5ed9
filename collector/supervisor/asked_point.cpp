// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/asked_point.hpp"

#include "collector/metrics/flags.hpp"

namespace ridge::supervisor {

protocol::Work workOf(const std::vector<plan::PlannedPoint>& points, std::size_t index) {
    protocol::Work work{points[index].point, points[index].repeats, {}};
    for (std::size_t i = index + 1; i < points.size(); ++i) {
        if (points[i].parent == index) work.children.push_back(workOf(points, i));
    }
    return work;
}

db::Point shared(const db::Point& planned, const db::Point& source) {
    db::Point point = source;  // what was measured, under the names and the settings of `planned`
    point.id.reset();
    point.parentId.reset();
    point.measuredAs = source.id;
    point.plan = planned.plan;
    point.workload = planned.workload;
    point.series = planned.series;
    point.op = planned.op;
    point.phase = planned.phase;
    point.implementation = planned.implementation;
    point.model = planned.model;
    point.dtype = planned.dtype;
    point.layout = planned.layout;
    point.m = planned.m;
    point.n = planned.n;
    point.k = planned.k;
    point.metricSet = planned.metricSet;
    point.cache = planned.cache;
    point.provenance = planned.provenance;
    point.batch = planned.batch;
    point.seq = planned.seq;
    point.spec = planned.spec;
    point.tokens = planned.tokens;
    point.context = planned.context;
    point.kvHeads = planned.kvHeads;
    point.params = planned.params;
    point.flopsUseful = planned.flopsUseful;
    point.emittedTokens = planned.emittedTokens;
    if (point.computePath.empty()) point.computePath = planned.computePath;  // v_points does not have it
    point.tags = planned.tags;
    point.flags = source.flags;
    metrics::addFlags(point.flags, planned.flags);
    return point;
}

bool answers(const db::Point& asked, const db::Point& got) {
    return asked.op == got.op && asked.phase == got.phase && asked.implementation == got.implementation &&
           asked.batch == got.batch && asked.seq == got.seq && asked.m == got.m && asked.n == got.n &&
           asked.k == got.k;
}

}  // namespace ridge::supervisor
