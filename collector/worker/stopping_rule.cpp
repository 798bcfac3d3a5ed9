// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/stopping_rule.hpp"

#include <fmt/core.h>

#include <cstddef>

#include "db/analysis/statistics.hpp"

namespace ridge::worker {
namespace {

constexpr std::size_t mostSamples = 10'000;

}  // namespace

bool StoppingRule::add(double timeNs, double elapsedS) {
    m_samples.push_back(timeNs);
    const bool enough = static_cast<int>(m_samples.size()) >= m_repetition.minSamples;
    if (enough && elapsedS >= m_repetition.minTimeS && m_samples.size() >= m_nextLook && known()) return true;
    if (elapsedS >= m_repetition.maxTimeS) {
        m_limit = fmt::format("after {:.3g} s", m_repetition.maxTimeS);
    } else if (m_samples.size() >= mostSamples && elapsedS >= m_repetition.minTimeS) {
        m_limit = "the most that are kept";
    }
    if (m_limit.empty()) return false;
    if (known()) m_limit.clear();
    return true;
}

bool StoppingRule::known() {
    m_nextLook = m_samples.size() + 1 + m_samples.size() / 16;
    const auto middle = analysis::median(m_samples);
    const auto interval = analysis::medianInterval95(m_samples);
    if (!middle || !interval || *middle <= 0) return false;
    m_spread = *analysis::relativeSpread(m_samples);
    m_halfWidth = (interval->high - interval->low) / 2 / *middle;
    return *m_spread <= m_repetition.spread || m_halfWidth <= m_repetition.spread;
}

std::string StoppingRule::outcome() const {
    const std::string count = fmt::format("{} samples, ", m_samples.size());
    if (!m_spread) return count + m_limit + ", spread unknown";
    if (!m_limit.empty())
        return count + m_limit + fmt::format(", not stable: spread {:.1f} %", 100 * *m_spread);
    if (*m_spread <= m_repetition.spread) return count + fmt::format("spread {:.1f} %", 100 * *m_spread);
    return count + fmt::format("stabilised to {:.1f} %", 100 * m_halfWidth);
}

}  // namespace ridge::worker
