// SPDX-License-Identifier: Apache-2.0
// The fewest replays for a metric set: what to collect first, what after it, and what is known to be zero.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "collector/metrics/resolve.hpp"

namespace ridge::metrics {

using Names = std::vector<std::string>;
/// Replays that the metrics take when they are collected together; 0 for none.
using PassCount = std::function<std::size_t(const Names&)>;

/// `first` is collected in any case. Where a probe is part of it, `withWork` follows when the probe counted
/// something and `withoutWork` when it did not; then `covered` are zero. `omitted` are zero by an earlier
/// measurement of the very same work and are not collected, unless what is collected contradicts that.
struct ReplayPlan {
    Names first;
    std::string probe;  ///< empty: one collection holds everything
    Names withWork, withoutWork, covered;
    Names omitted;
    Names checked;  ///< known to be zero and collected all the same, because it is free
};

/// Counters of what kernels execute, which is the same at every execution of the same work: tensor leaves and
/// SASS instructions. Bytes, cycles and cache lookups are not.
[[nodiscard]] bool countsExecution(const std::string& metric);

/// Never more replays, a probe counted and `omitted` collected where they are contradicted, than collecting
/// the whole set at once. `zeros`: what an earlier measurement of the same work found to be zero; only those
/// that count execution are left out, and only where that saves a replay. The tensor pipe's counters come
/// along where they are free, and then of the integer work that would explain them what is free too.
[[nodiscard]] ReplayPlan planReplays(const Resolution& resolution, const std::set<std::string>& zeros,
                                     const PassCount& passes);

/// For work that is run once: the whole set, and what planReplays() adds where it is free.
[[nodiscard]] ReplayPlan planAtOnce(const Resolution& resolution, const PassCount& passes);

/// For a launch of a kernel whose earlier launch found `zeros`: what it computes with may be other data, so
/// only tensor leaves are left out, which it was compiled with or without. Where all of them were zero the
/// pipe's counters come in the place of those that they would show, and say whether they still are. Never
/// more replays than the set's.
[[nodiscard]] ReplayPlan planAgain(const Resolution& resolution, const std::set<std::string>& zeros,
                                   const PassCount& passes);

/// True when the plan's probe was delivered as zero, loaded constants left out, and nothing that it covers
/// was counted beside it.
[[nodiscard]] bool foundNoWork(const ReplayPlan& plan, const Resolution& resolution,
                               const std::map<std::string, double>& values);

/// True when the values cannot come from the work that `omitted` was learned from: a counter known to be zero
/// counted, or no tensor leaf did although some are not known to be zero. Then `omitted` are unknown.
[[nodiscard]] bool contradicts(const ReplayPlan& plan, const Resolution& resolution,
                               const std::map<std::string, double>& values);

}  // namespace ridge::metrics
