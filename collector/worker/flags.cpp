// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/flags.hpp"

#include <fmt/core.h>

namespace ridge::worker {

std::string flagsOf(const db::Point& point) {
    std::string flags = point.flags;
    const auto add = [&flags](const char* flag) {
        const std::string list = fmt::format(",{},", flags);
        if (list.find(fmt::format(",{},", flag)) == std::string::npos) {
            flags += fmt::format("{}{}", flags.empty() ? "" : ",", flag);
        }
    };
    if (point.timeNs && *point.timeNs < 20e3) add("under_20us");
    if (point.passes && *point.passes > 1) add("multi_pass");
    if (point.flopsExecuted && point.flopsAlgorithmic &&
        *point.flopsExecuted > 1.05 * *point.flopsAlgorithmic) {
        add("padded");
    }
    if (point.dramBytes && point.compulsoryBytes && *point.dramBytes < 0.9 * *point.compulsoryBytes) {
        add("l2_resident");
    }
    return flags;
}

}  // namespace ridge::worker
