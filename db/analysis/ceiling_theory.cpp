// SPDX-License-Identifier: Apache-2.0
#include "db/analysis/ceiling_theory.hpp"

#include <algorithm>
#include <string>

namespace ridge::analysis {
namespace {

constexpr double allowance = 1.01;

}  // namespace

const db::Ceiling* datasheetOf(std::span<const db::Ceiling> datasheet, const db::Ceiling& measured) {
    const std::string name = measured.name.starts_with("dram_") ? "dram" : measured.name;
    const auto found = std::find_if(datasheet.begin(), datasheet.end(), [&](const db::Ceiling& ceiling) {
        return ceiling.origin == "datasheet" && ceiling.name == name;
    });
    return found != datasheet.end() ? &*found : nullptr;
}

double ofDatasheet(const db::Ceiling& datasheet, const db::Ceiling& measured) {
    return measured.value / datasheet.value;
}

double theoreticalLimit(const db::Ceiling& datasheet, const db::Ceiling& measured) {
    const bool scales = measured.kind == "compute" && datasheet.clockHz && measured.clockHz;
    const double clockRatio = scales ? *measured.clockHz / *datasheet.clockHz : 1.0;
    return datasheet.value * clockRatio * allowance;
}

}  // namespace ridge::analysis
