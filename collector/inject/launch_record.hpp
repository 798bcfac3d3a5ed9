// SPDX-License-Identifier: Apache-2.0
// The rows that a profiled program leaves: one a kernel launch, or one an NVTX range.
#pragma once

#include <array>
#include <compare>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/inject/kernel_name.hpp"
#include "collector/inject/nvtx_ranges.hpp"
#include "collector/inject/options.hpp"
#include "collector/metrics/evaluate.hpp"
#include "db/model/point.hpp"

namespace ridge::inject {

struct LaunchShape {
    std::array<unsigned, 3> grid{1, 1, 1}, block{1, 1, 1};
    unsigned sharedBytes = 0;  ///< dynamic
    friend auto operator<=>(const LaunchShape&, const LaunchShape&) = default;
};

/// "x,y,z"; empty for zeros, which stand for an extent that is not known.
[[nodiscard]] std::string dimensions(const std::array<unsigned, 3>& extent);
/// The row of v_kernels of one launch.
[[nodiscard]] db::Kernel kernelRow(const KernelName& name, const LaunchShape& shape,
                                   std::int64_t ordinal = 0);

/// A record without counters, and what of its `ridge:` ranges could not be read.
struct Described {
    db::Record record;
    std::vector<std::string> notes;
};

/// A launch: operator `kernel`, series its short name; `ridge:` ranges around it, outer first, fill what they
/// can (Extent::part), all open ranges become params.nvtx.
[[nodiscard]] Described kernelRecord(const Options& options, const KernelName& name, const LaunchShape& shape,
                                     std::span<const NvtxRange> stack, std::span<const NvtxRange> started);
/// A graph launched as a whole: operator `kernel`, a row of v_kernels for each of its kernels.
[[nodiscard]] Described graphRecord(const Options& options, std::vector<db::Kernel> kernels,
                                    std::span<const NvtxRange> stack, std::span<const NvtxRange> started);
/// A range with the kernels launched in one occurrence: operator `range` and series its name, unless it says
/// otherwise itself. `range` is among `stack` or `started`, or around neither.
[[nodiscard]] Described rangeRecord(const Options& options, const NvtxRange& range,
                                    std::vector<db::Kernel> kernels, std::span<const NvtxRange> stack,
                                    std::span<const NvtxRange> started);

/// Puts counters into the point, per execution: FLOPs, bytes, clock, compute path, passes, computed values,
/// and the profiled duration as its time until an unprofiled run knows better. Counters without a value leave
/// their column empty; the reasons are returned, a sentence each.
[[nodiscard]] std::vector<std::string> addCounters(db::Record& record, const metrics::Evaluation& evaluation,
                                                   const std::map<std::string, double>& values, int passes);
/// Turns it into a record of a launch that was not measured.
void setUnmeasured(db::Record& record, db::Status status, std::string_view reason);

}  // namespace ridge::inject
