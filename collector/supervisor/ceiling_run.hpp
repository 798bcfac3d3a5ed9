// SPDX-License-Identifier: Apache-2.0
// Ceilings and closed forms through a worker, one question each, so that a worker that breaks costs one.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "collector/supervisor/bench.hpp"
#include "collector/supervisor/ceiling_outcome.hpp"
#include "collector/supervisor/interruption.hpp"
#include "db/model/point.hpp"

namespace ridge::supervisor {

/// Asks for every ceiling in turn, until done or interrupted; measured ones get a source and a time stamp.
void measureCeilings(Bench& bench, std::chrono::milliseconds timeout, const Interruption& interruption,
                     const std::function<void(const CeilingOutcome&)>& onCeiling);

/// Asks for every closed form in turn, until done or interrupted; one that could not be measured comes as a
/// failed record with the reason. `name` is the form's.
void runSelfCheck(Bench& bench, std::chrono::milliseconds timeout, const Interruption& interruption,
                  const std::function<void(const std::string& name, const db::Record&)>& onRecord);

}  // namespace ridge::supervisor
