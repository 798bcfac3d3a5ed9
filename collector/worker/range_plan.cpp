// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/range_plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "db/model/error.hpp"

namespace ridge::worker {
namespace {

constexpr double shortestRangeNs = 100e3;
constexpr double mostLaunches = 512;
constexpr double longestLeadNs = 20e6;

}  // namespace

std::int64_t launchesPerRange(double oneExecutionNs) noexcept {
    if (oneExecutionNs >= shortestRangeNs) return 1;
    const double launches = std::ceil(shortestRangeNs / std::max(oneExecutionNs, 1.0));
    return static_cast<std::int64_t>(std::min(launches, mostLaunches));
}

std::size_t rotationBytes(std::string_view cache, std::size_t l2Bytes) {
    if (cache == "cold") return 2 * l2Bytes;
    if (cache == "rotate") return 3 * l2Bytes;
    if (cache == "warm") return 0;
    throw Error(ExitCode::failed, fmt::format("the worker knows no cache mode '{}'", cache),
                "choose cold, warm or rotate");
}

bool isRotationShort(std::string_view cache, std::size_t operandBytes, std::size_t rotateBytes,
                     std::int64_t launches) noexcept {
    return operandBytes < rotateBytes && (cache == "rotate" || launches > 1);
}

std::string shortOfMemory(std::size_t neededBytes, std::size_t freeBytes) {
    return fmt::format("needs {:.1f} GB, the device has {:.1f} GB free",
                       1e-9 * static_cast<double>(neededBytes), 1e-9 * static_cast<double>(freeBytes));
}

std::uint64_t leadNs(double queueingNs) noexcept {
    return static_cast<std::uint64_t>(std::min(20e3 + 1.5 * queueingNs, longestLeadNs));
}

std::string rangeName(const db::Point& point) {
    std::string name = point.plan + "/" + point.op;
    const std::array<std::pair<const char*, std::optional<std::int64_t>>, 4> axes{
        {{"b", point.batch}, {"s", point.seq}, {"q", point.spec}, {"M", point.m}}};
    for (const auto& [axis, value] : axes) {
        if (value) name += fmt::format(" {}={}", axis, *value);
    }
    return name;
}

}  // namespace ridge::worker
