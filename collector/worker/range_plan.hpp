// SPDX-License-Identifier: Apache-2.0
// How often work is repeated inside one range, over how many bytes of operands, and whether they fit; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "db/model/point.hpp"

namespace ridge::worker {

/// Executions that one range holds so that it lasts at least 100 us; 1 for longer work. At most 512.
[[nodiscard]] std::int64_t launchesPerRange(double oneExecutionNs) noexcept;

/// Bytes that operands rotate over before one comes again: twice the L2 for `cold` (what a flush leaves cold
/// stays cold within the range), three times for `rotate`, 0 for `warm`. Throws ridge::Error (failed) for any
/// other cache.
[[nodiscard]] std::size_t rotationBytes(std::string_view cache, std::size_t l2Bytes);

/// True when operands come again before `rotateBytes` (rotationBytes()) went by, as there was memory for
/// `operandBytes` of them only. Never for a `cold` range of one execution: it is flushed before.
[[nodiscard]] bool isRotationShort(std::string_view cache, std::size_t operandBytes, std::size_t rotateBytes,
                                   std::int64_t launches) noexcept;

/// "needs 93.1 GB, the device has 79.6 GB free" (1 GB = 1e9 bytes).
[[nodiscard]] std::string shortOfMemory(std::size_t neededBytes, std::size_t freeBytes);

/// How long the GPU is kept busy before the clock starts, so that the host has queued the whole repetition by
/// then and its launch cost stays out of the time. At most 20 ms.
[[nodiscard]] std::uint64_t leadNs(double queueingNs) noexcept;

/// "<plan>/<operator> b=8 s=1024 q=16 M=128": what the NVTX range of a point is called.
[[nodiscard]] std::string rangeName(const db::Point& point);

}  // namespace ridge::worker
