// SPDX-License-Identifier: Apache-2.0
// From what a load did and took to a ceiling, and from a closed form to a judged point; pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/metrics/evaluate.hpp"
#include "db/model/ceiling_kind.hpp"
#include "db/model/device.hpp"
#include "db/model/point.hpp"
#include "workloads/ceilings/load.hpp"
#include "workloads/shape/self_check.hpp"

namespace ridge::worker {

/// Unprofiled repetitions of one launch.
struct LoadTiming {
    double timeNs = 0;              ///< median
    std::optional<double> spread;   ///< half the 95 % interval of the median, relative to it
    std::optional<double> clockHz;  ///< SM clock seen right after, median
    std::string outcome;            ///< "23 samples, stable 0.1 %"
    std::vector<db::Sample> samples = {};
    std::map<std::string, double> users = {};  ///< DeviceWatch::addUsers
};

/// What may have made the time longer than the device alone makes it.
struct Disturbance {
    std::string flags;  ///< of throttled, shared_device; empty: none, or nobody looked
    std::string text;   ///< "throttled by sw_power_cap, beside 2 other processes"
};
[[nodiscard]] Disturbance disturbanceOf(const LoadTiming& timing);

/// Work / time, where `counted` has a value by its count, else by arithmetic; `method` says which, and what
/// disturbed it. Source and
/// time stamp are left to whoever stores it. Throws ridge::Error (failed) when count and arithmetic differ by
/// more than 15 % (bytes) or 2 % (operations): one of them is wrong.
[[nodiscard]] db::Ceiling ceilingOf(const db::CeilingKind& kind, const workloads::Load& load,
                                    const LoadTiming& timing, const metrics::Quantity& counted);

/// The point of plan "selftest" that a closed form becomes, before anything is known of it.
[[nodiscard]] db::Point plannedCheck(const shape::ClosedForm& form);
/// The same with its time, its expected work and `params`: form, kernel, expected_bytes, expected_flops or
/// expected_ops, counted (absent where it was not), verdict ("ok" or "off"), text.
[[nodiscard]] db::Point selfCheckPoint(const shape::ClosedForm& form, const workloads::Load& load,
                                       const LoadTiming& timing, const metrics::Quantity& counted);

}  // namespace ridge::worker
