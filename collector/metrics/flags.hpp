// SPDX-License-Identifier: Apache-2.0
// The remarks that a measured point carries, decided from its own numbers; pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "db/model/point.hpp"

namespace ridge::metrics {

/// Metrics of a point that no counter gives, see share/metrics/README.md.
inline constexpr const char* foreignProcessesMetric = "ridge__foreign_processes";
inline constexpr const char* displayActiveMetric = "ridge__display_active";
inline constexpr const char* idleDramMetric = "ridge__idle_dram_bytes_per_second";

/// What held the clocks down beside any sample, other than idleness or a chosen clock: names,
/// comma-separated, each once; empty: nothing did, or nobody looked.
[[nodiscard]] std::string throttleReasons(std::span<const db::Sample> samples);

/// Set by whoever measures: memory was short, so that operands came again sooner than the cache mode
/// promises.
inline constexpr const char* shortRotationFlag = "short_rotation";

/// Set by whoever measures: no tensor FLOPs were counted, and nobody looked whether the tensor pipe agrees.
inline constexpr const char* unprovenFlopsFlag = "unproven_flops";

/// Appends to a comma-separated list those of another that it lacks.
void addFlags(std::string& flags, std::string_view more);
/// Takes `flag` out of a comma-separated list.
void removeFlag(std::string& flags, std::string_view flag);

/// The flags that the record's point has already, with those its numbers call for:
/// - under_20us: one execution is shorter, so ratios between passes are unreliable
/// - multi_pass: its counters come from more than one pass
/// - padded: executed FLOPs are more than 5 % above the algorithmic ones (an epilogue adds about 2 / K)
/// - l2_resident: DRAM bytes are below 90 % of the compulsory ones
/// - throttled: beside a sample, something other than idleness or a chosen clock held the clocks down
/// - clock_drift: the samples' SM clocks lie more than 3 % of the highest apart, or the median one and the
/// clock
///   of the counters do
/// - shared_device: another process is on the GPU, or a display, or the idle GPU moves more than 1 % of the
///   point's DRAM bytes in the point's time
/// A flag whose numbers are absent is not set.
[[nodiscard]] std::string flagsOf(const db::Record& record);
/// The same, by samples that the record does not keep.
[[nodiscard]] std::string flagsOf(const db::Record& record, std::span<const db::Sample> samples);

}  // namespace ridge::metrics
