// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/stopping_rule.hpp"

#include <fmt/core.h>

#include <cstddef>

#include "db/analysis/statistics.hpp"

namespace ridge::worker {
namespace {

constexpr std::size_t mostSamples = 1000;

}  // namespace

bool StoppingRule::add(double timeNs, double elapsedS) {
    m_samples.push_back(timeNs);
    const bool enough = static_cast<int>(m_samples.size()) >= m_repetition.minSamples;
    if (enough && elapsedS >= m_repetition.minTimeS && m_samples.size() >= m_nextLook && stable())
        return true;
    if (elapsedS >= m_repetition.maxTimeS) {
        m_limit = fmt::format("after {:.3g} s", m_repetition.maxTimeS);
    } else if (m_samples.size() >= mostSamples) {
        m_limit = "the most that are kept";
    }
    if (m_limit.empty()) return false;
    if (stable()) m_limit.clear();
    return true;
}

bool StoppingRule::stable() {
    m_nextLook = m_samples.size() + 1 + m_samples.size() / 16;
    const auto middle = analysis::median(m_samples);
    const auto interval = analysis::medianInterval95(m_samples);
    if (!middle || !interval || *middle <= 0) return false;
    m_halfWidth = (interval->high - interval->low) / 2 / *middle;
    return m_halfWidth <= m_repetition.spread;
}

std::string StoppingRule::outcome() const {
    const std::string count = fmt::format("{} samples, ", m_samples.size());
    if (m_limit.empty()) return count + fmt::format("stable {:.1f} %", 100 * m_halfWidth);
    if (m_halfWidth < 0) return count + m_limit + ", spread unknown";
    return count + m_limit + fmt::format(", not stable: {:.1f} %", 100 * m_halfWidth);
}

}  // namespace ridge::worker
