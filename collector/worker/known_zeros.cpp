// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/known_zeros.hpp"

#include <tuple>

#include "collector/metrics/replay_plan.hpp"

namespace ridge::worker {

bool KnownZeros::Less::operator()(const workloads::GemmProblem& a, const workloads::GemmProblem& b) const {
    const auto all = [](const workloads::GemmProblem& p) {
        return std::tie(p.m, p.k, p.columns, p.products, p.type, p.layout, p.implementation);
    };
    return all(a) < all(b);
}

std::set<std::string> KnownZeros::of(const Problems& problems) const {
    std::set<std::string> common;
    for (bool first = true; const workloads::GemmProblem& problem : problems) {
        const auto known = m_zeros.find(problem);
        if (known == m_zeros.end()) return {};
        if (first) {
            common = known->second;
        } else {
            std::erase_if(common, [&](const std::string& metric) { return !known->second.contains(metric); });
        }
        first = false;
    }
    return common;
}

void KnownZeros::learn(const Problems& problems, const std::map<std::string, double>& values) {
    for (const auto& [metric, value] : values) {
        if (value != 0 || !metrics::countsExecution(metric)) continue;
        for (const workloads::GemmProblem& problem : problems) m_zeros[problem].insert(metric);
    }
}

void KnownZeros::forget(const Problems& problems) {
    for (const workloads::GemmProblem& problem : problems) m_zeros.erase(problem);
}

}  // namespace ridge::worker
