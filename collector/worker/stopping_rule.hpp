// SPDX-License-Identifier: Apache-2.0
// Decides after every repetition whether the median is known well enough; pure, so that tests can drive it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workloads/plan/plan.hpp"

namespace ridge::worker {

/// Stops once there are minSamples (at least six) over minTimeS, and either the middle half of them lies
/// within `spread` of the median, or the median has stabilised: its 95 % interval reaches at most `spread` of
/// it to either side, so that more samples would not move it further than that, however noisy each is. At the
/// latest after maxTimeS or 10,000 samples over minTimeS: their median's interval is narrow wherever one is.
class StoppingRule {
 public:
    explicit StoppingRule(const plan::Repetition& repetition) : m_repetition(repetition) {}

    /// Takes one repetition's time and the seconds since the first began; true when it was the last.
    bool add(double timeNs, double elapsedS);

    [[nodiscard]] const std::vector<double>& samples() const noexcept { return m_samples; }
    /// Which rule ended them: "23 samples, spread 0.4 %", "150 samples, stabilised to 0.5 %", "310 samples,
    /// after 15 s, not stable: spread 4.1 %".
    [[nodiscard]] std::string outcome() const;

 private:
    [[nodiscard]] bool known();

    plan::Repetition m_repetition;
    std::vector<double> m_samples;
    std::optional<double> m_spread;  ///< (q75 - q25) / median; nullopt: too few samples
    double m_halfWidth = 0;          ///< of the median's interval, relative
    std::size_t m_nextLook = 0;      ///< sorting at every sample would cost more than the samples
    std::string m_limit;             ///< empty when the median is known
};

}  // namespace ridge::worker
