// SPDX-License-Identifier: Apache-2.0
// What became of one ceiling that a worker was asked for, held against the data sheet; pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "collector/supervisor/protocol.hpp"
#include "db/model/device.hpp"

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

}  // namespace ridge::supervisor
