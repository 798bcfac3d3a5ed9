// SPDX-License-Identifier: Apache-2.0
// The points of a plan, and which of them a command records.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/supervisor/protocol.hpp"
#include "db/model/device.hpp"
#include "db/model/point.hpp"
#include "workloads/plan/expand.hpp"
#include "workloads/plan/plan.hpp"

namespace ridge::supervisor {

/// `points` is the whole plan, parents before children and sources before the rows that share them, since a
/// selected parent executes its children also where they are not selected.
struct PlannedWork {
    plan::Plan plan;
    protocol::Options options;
    std::vector<plan::PlannedPoint> points;
    std::vector<bool> selected;
    std::string metricSet;  ///< what results call that of the options; empty: the same
};

/// The row `index` as it will stand in the file before anything is known of its run: with its provenance,
/// and with the metric set and the cache mode where something is measured.
[[nodiscard]] db::Point plannedPoint(const PlannedWork& work, std::size_t index, db::Provenance provenance);

[[nodiscard]] std::size_t selectedCount(const PlannedWork& work);

/// Deselects what `expression` (SQL over the columns of v_points) does not hold for; rows look as they would
/// in the file before a time is known. Throws ridge::Error (usage) as db::Results does.
void selectOnly(PlannedWork& work, std::string_view expression, const db::Device& device,
                db::Provenance provenance);

/// Part `index` (from 0) of `count`. Points that share a measurement or a parent go to the same part.
struct Shard {
    std::size_t index = 0, count = 1;
};
void selectShard(PlannedWork& work, const Shard& shard);

/// Where a selected point hangs among the selected: where the row it shares is not selected, the first
/// selected one of that shape takes its place.
struct Links {
    std::optional<std::size_t> parent, source;
};
[[nodiscard]] std::vector<Links> linksOf(const PlannedWork& work);

}  // namespace ridge::supervisor
