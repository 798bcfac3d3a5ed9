// SPDX-License-Identifier: Apache-2.0
// One node of a CUDA graph as the plain launch, copy or set that it stands for.
#pragma once

#include <cuda.h>

#include <array>
#include <cstddef>

#include "collector/cupti/driver.hpp"
#include "collector/inject/graph_order.hpp"

namespace ridge::inject {

inline constexpr std::size_t maxLaunchAttributes = 7;
struct LaunchAttributes {
    std::array<CUlaunchAttribute, maxLaunchAttributes> list{};
    unsigned count = 0;
};

/// What a launch of the kernel node must be told besides its shape: what it cannot run without (cooperative,
/// clusters) and what moves its counters (cache policy, carve-out, synchronization domain). Dependencies and
/// priorities are left out: it runs alone.
[[nodiscard]] LaunchAttributes launchAttributes(const cupti::Driver& driver, CUgraphNode node) noexcept;

/// Into the current context's default stream. The driver's answer; it has not run when it is not
/// CUDA_SUCCESS.
[[nodiscard]] CUresult issueNode(const cupti::Driver& driver, const OrderedNode& node) noexcept;

}  // namespace ridge::inject
