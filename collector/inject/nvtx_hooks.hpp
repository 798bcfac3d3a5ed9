// SPDX-License-Identifier: Apache-2.0
// NVTX calls of the program, taken from NVTX itself: no CUPTI, no driver and no CUDA needed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collector/inject/nvtx_ranges.hpp"

namespace ridge::inject {

/// Told on the thread that opens or closes the range, after it is open, before it is closed.
class RangeListener {
 public:
    virtual ~RangeListener() = default;
    /// The last of `stack` was pushed.
    virtual void pushed(std::span<const NvtxRange> stack) = 0;
    virtual void started(const NvtxRange& range, std::span<const NvtxRange> open) = 0;
    virtual void closing(const NvtxRange& range) = 0;
};

/// Open push/pop ranges of the calling thread, bottom first.
[[nodiscard]] std::span<const NvtxRange> threadRanges() noexcept;
/// Open start/end ranges of the process; cheap when there are none.
[[nodiscard]] std::vector<NvtxRange> startedRanges();

/// Change with every push and pop of the calling thread, and with every start and end in the process.
[[nodiscard]] std::uint64_t threadRangesVersion() noexcept;
[[nodiscard]] std::uint64_t startedRangesVersion() noexcept;

/// Ranges that were ever opened in this process, of both kinds.
[[nodiscard]] std::int64_t openedRanges() noexcept;

/// nullptr: nobody. The listener must outlive the process's last NVTX call.
void listenToRanges(RangeListener* listener) noexcept;

/// In a child made by fork(): forgets the ranges of other threads, and the lock that one of them may hold.
void forgetOtherThreadsRanges();

/// What NVTX gives to InitializeInjectionNvtx2, once for each library of the program that uses NVTX: fills
/// its tables. False when they are not those of NVTX 3. Any thread.
[[nodiscard]] bool hookNvtx(const void* (*exportTable)(unsigned int)) noexcept;

}  // namespace ridge::inject
