// SPDX-License-Identifier: Apache-2.0
// A ceiling as a data sheet has it.
#pragma once

#include <optional>

#include "db/model/device.hpp"

namespace ridge::test {

inline db::Ceiling sheetCeiling(const char* kind, const char* name, double value, const char* unit,
                                std::optional<double> clockHz = std::nullopt) {
    db::Ceiling made;
    made.kind = kind;
    made.name = name;
    made.value = value;
    made.unit = unit;
    made.origin = "datasheet";
    made.clockHz = clockHz;
    return made;
}

}  // namespace ridge::test
