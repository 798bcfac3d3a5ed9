// SPDX-License-Identifier: Apache-2.0
// One kernel in one shape over its launches: what the next one collects, and what its counters say; pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "collector/metrics/evaluate.hpp"
#include "collector/metrics/replay_plan.hpp"

namespace ridge::metrics {

/// Takes the total, the compute path and the operations of the tensor paths out: nobody knows them.
void makeFlopsUnknown(Evaluation& evaluation, const Resolution& resolution);

/// What a launch tells of the first one of its kernel, whose pipe nobody may have looked at.
enum class FirstLaunch {
    open,     ///< nothing
    trusted,  ///< a zero of its tensor FLOPs is true
    doubted,  ///< it may be wrong
};

/// What the values of one launch are worth.
struct Judgement {
    Evaluation evaluation;
    std::vector<std::string> zeros;  ///< not collected, zero by an earlier launch
    std::string failure;             ///< not empty: the FLOPs are wrong, and which counter contradicts them
    std::string doubt;               ///< not empty: FLOPs are unknown, and why; `evaluation` has none
    bool isFirst = false;            ///< of its kernel
    bool isUnproven = false;  ///< it has no tensor FLOPs, and the pipe's counters are not among its values
    FirstLaunch first = FirstLaunch::open;
};

/// A launch cannot be measured a second time, so what one leaves open the next one answers: a tensor pipe
/// that worked beside leaves of zero makes the next launch count every tensor operation of the chip. A launch
/// that contradicts an earlier one has its FLOPs unknown, and every launch after it collects the whole set.
class RepeatedWork {
 public:
    /// Never more passes than the set takes at once, but after a doubt.
    [[nodiscard]] ReplayPlan plan(const Resolution& resolution, const PassCount& passes) const;

    /// `values`: what was collected by the plan.
    [[nodiscard]] Judgement judge(const MetricSet& set, const Resolution& resolution, const ReplayPlan& plan,
                                  const std::map<std::string, double>& values);

 private:
    enum class State {
        fresh,      ///< nothing measured yet
        known,      ///< m_zeros hold
        suspected,  ///< the pipe worked, and nothing counted it
        explained,  ///< it does work that the set leaves out
        varied,     ///< two launches did different things
    };
    [[nodiscard]] Judgement judgeWhole(const MetricSet& set, const Resolution& resolution,
                                       const std::map<std::string, double>& values);
    [[nodiscard]] Judgement judgePart(const MetricSet& set, const Resolution& resolution,
                                      const ReplayPlan& plan, const std::map<std::string, double>& values);
    void learn(const Resolution& resolution, const std::map<std::string, double>& values);

    State m_state = State::fresh;
    std::set<std::string> m_zeros;  ///< tensor leaves that counted nothing in any whole measurement
};

}  // namespace ridge::metrics
