// SPDX-License-Identifier: Apache-2.0
// Mean power between two steps of an energy counter that is polled while the same work runs on and on; pure.
#pragma once

#include <optional>

namespace ridge::worker {

/// The driver adds to NVML's counter every 20 to 100 ms, so a difference between two arbitrary moments may be
/// wrong by a step at either end. Between two moments at which it was seen to step it is right up to the time
/// between two polls: those seconds are the `slack` of an edge.
class PowerWindow {
 public:
    /// The counter `energyJ` at `seconds` (any origin, growing). True once the window suffices.
    bool add(double seconds, double energyJ);

    /// Joules a second; nullopt below 0.2 s, or where the slack of both edges is more than 5 % of the window.
    [[nodiscard]] std::optional<double> powerW() const;

 private:
    struct Edge {
        double seconds = 0, slack = 0, energyJ = 0;
    };
    std::optional<Edge> m_last, m_first, m_end;  ///< poll before, first step, latest step
};

/// Joules of one execution of `timeNs` at `powerW`, which was taken while `executions` of it ran one behind
/// the other within `seconds`; nullopt where the GPU was busy for less than 90 % of that time, as with
/// kernels that end sooner than the host can launch the next.
[[nodiscard]] std::optional<double> energyOfOne(double powerW, double timeNs, double executions,
                                                double seconds) noexcept;

}  // namespace ridge::worker
