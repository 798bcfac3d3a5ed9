// SPDX-License-Identifier: Apache-2.0
// Points from shapes and datasheet ceilings alone, for devices that are not there.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "collector/supervisor/recorded.hpp"
#include "collector/supervisor/selection.hpp"
#include "db/model/device.hpp"
#include "db/model/point.hpp"
#include "db/store.hpp"

namespace ridge::supervisor {

/// Points by what became of them; `kept` were in the file already.
struct Tally {
    std::size_t ok = 0, skipped = 0, failed = 0, kept = 0;
    void add(db::Status status);
    /// A row that was added gets another one in its place.
    void remove(db::Status status);
    [[nodiscard]] std::size_t total() const { return ok + skipped + failed + kept; }
};

/// Called once a point is in the file.
using OnPoint = std::function<void(const db::Point&, const db::Device&)>;

/// Throws ridge::Error (usage) naming the ceiling when the sheet lacks one that a selected point needs.
void requireModelable(const db::DeviceSheet& sheet, std::span<const PlannedWork> works);

/// time_ns = max(flops_algorithmic / P, compulsory_bytes / B), P the ceiling of the point's compute path and
/// B that of DRAM; everything that only counters can tell stays absent. A point that needs more memory than
/// the device has is skipped, with the reason and without a time.
[[nodiscard]] db::Record modeled(const PlannedWork& work, std::size_t index, const db::DeviceSheet& sheet);

/// Records the selected points that `recorded` lacks, one transaction a plan.
Tally model(db::Store& store, std::int64_t run, const db::DeviceSheet& sheet,
            std::span<const PlannedWork> works, const Recorded& recorded, const OnPoint& onPoint);

/// The reason when the point's operands do not fit `device`, else empty.
[[nodiscard]] std::string tooLargeFor(const db::Device& device, const plan::PlannedPoint& planned);

}  // namespace ridge::supervisor
