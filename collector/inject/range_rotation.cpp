// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/range_rotation.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace ridge::inject {

RangeRotation::RangeRotation(int passes) : m_passes(std::max(passes, 1)) {}

int RangeRotation::pass(const std::string& name) const {
    const auto found = m_names.find(name);
    return found == m_names.end() ? 0 : static_cast<int>(found->second.collected % m_passes);
}

bool RangeRotation::collected(const std::string& name) {
    return ++m_names[name].collected % m_passes == 0;
}

void RangeRotation::lost(const std::string& name) {
    ++m_names[name].lost;
}

std::vector<RangeRotation::Incomplete> RangeRotation::incomplete() const {
    std::vector<Incomplete> names;
    for (const auto& [name, progress] : m_names) {
        if (progress.collected >= m_passes) continue;
        const std::int64_t seen = progress.collected + progress.lost;
        names.push_back(
            {name, seen,
             fmt::format("the metric set takes {} passes, one an occurrence of the range, which occurred "
                         "{} times{}: run longer, or choose a smaller set or a larger --count",
                         m_passes, seen, progress.lost > 0 ? fmt::format(" ({} lost)", progress.lost) : "")});
    }
    return names;
}

}  // namespace ridge::inject
