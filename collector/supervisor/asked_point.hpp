// SPDX-License-Identifier: Apache-2.0
// What a worker is asked for a planned point, and the row that its answer becomes; pure.
#pragma once

#include <cstddef>
#include <vector>

#include "collector/supervisor/protocol.hpp"
#include "db/model/point.hpp"
#include "workloads/plan/expand.hpp"

namespace ridge::supervisor {

/// The point `index` with the children it executes, selected or not.
[[nodiscard]] protocol::Work workOf(const std::vector<plan::PlannedPoint>& points, std::size_t index);

/// `planned` with the measured columns of `source`, a row of equal shape.
[[nodiscard]] db::Point shared(const db::Point& planned, const db::Point& source);

/// False where the answer `got` belongs to another question: it would be a wrong number under a right name.
[[nodiscard]] bool answers(const db::Point& asked, const db::Point& got);

}  // namespace ridge::supervisor
