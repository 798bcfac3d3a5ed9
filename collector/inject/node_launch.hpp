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

/// `required`: what a kernel cannot run without, and what its results depend on (cooperative, clusters).
/// `all`: what moves its counters, too (cache policy, carve-out, synchronization domain, how its clusters are
/// placed). Dependencies and priorities are left out: it runs alone.
enum class Attributes { required, all };

/// What a launch of the kernel node must be told besides its shape.
[[nodiscard]] LaunchAttributes launchAttributes(const cupti::Driver& driver, CUgraphNode node,
                                                Attributes which = Attributes::all) noexcept;

/// Into the current context's default stream. The driver's answer; it has not run when it is not
/// CUDA_SUCCESS.
[[nodiscard]] CUresult issueNode(const cupti::Driver& driver, const OrderedNode& node,
                                 Attributes which = Attributes::all) noexcept;

/// The same for a node whose counters nobody reads: one that the driver refuses is tried once more with the
/// required attributes alone, which compute the same.
[[nodiscard]] CUresult issueUncounted(const cupti::Driver& driver, const OrderedNode& node) noexcept;

}  // namespace ridge::inject
