// SPDX-License-Identifier: Apache-2.0
// Ceilings and closed forms through a worker, one question each, so that a worker that breaks costs one.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "collector/supervisor/bench.hpp"
#include "collector/supervisor/interruption.hpp"
#include "db/model/device.hpp"
#include "db/model/point.hpp"

namespace ridge::supervisor {

/// What became of one ceiling. Only `measured` ones are roofs; one above theory is kept here for its message
/// alone.
struct CeilingOutcome {
    enum class State { measured, absent, failed, aboveTheory };
    std::string name;
    State state = State::failed;
    std::optional<db::Ceiling> ceiling;
    std::optional<double> datasheet;  ///< the value it is held against, in the ceiling's unit
    std::string reason;               ///< empty when measured
    std::string flags;                ///< of throttled, shared_device
};

/// "measured", "absent", "failed", "above_theory".
[[nodiscard]] const char* toText(CeilingOutcome::State state) noexcept;

/// A reply held against the data sheet: above what theory allows at the clock seen, it is no roof. Throws
/// ridge::Error (failed) for a reply about another ceiling.
[[nodiscard]] CeilingOutcome judged(const std::string& name, const protocol::CeilingReply& reply,
                                    std::span<const db::Ceiling> datasheet);

/// Asks for every ceiling in turn, until done or interrupted; measured ones get a source and a time stamp.
void measureCeilings(Bench& bench, std::chrono::milliseconds timeout, const Interruption& interruption,
                     const std::function<void(const CeilingOutcome&)>& onCeiling);

/// Asks for every closed form in turn, until done or interrupted; one that could not be measured comes as a
/// failed record with the reason. `name` is the form's.
void runSelfCheck(Bench& bench, std::chrono::milliseconds timeout, const Interruption& interruption,
                  const std::function<void(const std::string& name, const db::Record&)>& onRecord);

}  // namespace ridge::supervisor
