// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/ceiling_outcome.hpp"

#include <fmt/core.h>

#include "db/analysis/ceiling_theory.hpp"
#include "db/model/error.hpp"

namespace ridge::supervisor {

const char* toText(CeilingOutcome::State state) noexcept {
    switch (state) {
        case CeilingOutcome::State::measured:
            return "measured";
        case CeilingOutcome::State::absent:
            return "absent";
        case CeilingOutcome::State::aboveTheory:
            return "above_theory";
        case CeilingOutcome::State::failed:
            break;
    }
    return "failed";
}

CeilingOutcome judged(const std::string& name, const protocol::CeilingReply& reply,
                      std::span<const db::Ceiling> datasheet) {
    CeilingOutcome outcome;
    outcome.name = name;
    if (!reply.ceiling) {
        outcome.state = CeilingOutcome::State::absent;
        outcome.reason = reply.refusal;
        return outcome;
    }
    const db::Ceiling& ceiling = *reply.ceiling;
    if (ceiling.name != name) throw Error(ExitCode::failed, "the worker answered another question");
    outcome.ceiling = ceiling;
    outcome.flags = reply.flags;
    outcome.state = CeilingOutcome::State::measured;
    const db::Ceiling* sheet = analysis::datasheetOf(datasheet, ceiling);
    if (sheet == nullptr) return outcome;
    outcome.datasheet = sheet->value;
    const double limit = analysis::theoreticalLimit(*sheet, ceiling);
    if (ceiling.value <= limit) return outcome;
    outcome.state = CeilingOutcome::State::aboveTheory;
    outcome.reason = fmt::format(
        "{:.4g} {} is above what theory allows at {}: {:.4g}", ceiling.value, ceiling.unit,
        ceiling.kind == "compute" && ceiling.clockHz ? fmt::format("{:.0f} MHz", *ceiling.clockHz * 1e-6)
                                                     : std::string("any clock"),
        limit);
    return outcome;
}

}  // namespace ridge::supervisor
