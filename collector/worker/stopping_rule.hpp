// SPDX-License-Identifier: Apache-2.0
// Decides after every repetition whether the median is known well enough; pure, so that tests can drive it.
#pragma once

#include <string>
#include <vector>

#include "workloads/plan/plan.hpp"

namespace ridge::worker {

/// Stops once there are minSamples over minTimeS and the median's 95 % interval is at most `spread` of it to
/// either side, at the latest after maxTimeS or 1000 samples: no reader needs more rows of one point.
class StoppingRule {
 public:
    explicit StoppingRule(const plan::Repetition& repetition) : m_repetition(repetition) {}

    /// Takes one repetition's time and the seconds since the first began; true when it was the last.
    bool add(double timeNs, double elapsedS);

    [[nodiscard]] const std::vector<double>& samples() const noexcept { return m_samples; }
    /// "23 samples, stable 0.4 %" or which limit ended them: "after 15 s, not stable: 2.1 %".
    [[nodiscard]] std::string outcome() const;

 private:
    [[nodiscard]] bool stable();

    plan::Repetition m_repetition;
    std::vector<double> m_samples;
    double m_halfWidth = -1;     ///< relative; negative: not known
    std::size_t m_nextLook = 0;  ///< sorting at every sample would cost more than the samples
    std::string m_limit;         ///< empty when stable
};

}  // namespace ridge::worker
