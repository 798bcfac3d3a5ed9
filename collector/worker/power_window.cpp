// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/power_window.hpp"

namespace ridge::worker {
namespace {

constexpr double shortestS = 0.2;
constexpr double mostSlack = 0.05;
constexpr double leastBusy = 0.9;

}  // namespace

bool PowerWindow::add(double seconds, double energyJ) {
    if (m_last && energyJ > m_last->energyJ) {
        const Edge edge{seconds, seconds - m_last->seconds, energyJ};
        if (m_first)
            m_end = edge;
        else
            m_first = edge;
    }
    m_last = Edge{seconds, 0, energyJ};
    return powerW().has_value();
}

std::optional<double> PowerWindow::powerW() const {
    if (!m_end) return std::nullopt;
    const double window = m_end->seconds - m_first->seconds;
    if (window < shortestS || m_first->slack + m_end->slack > mostSlack * window) return std::nullopt;
    return (m_end->energyJ - m_first->energyJ) / window;
}

std::optional<double> energyOfOne(double powerW, double timeNs, double executions, double seconds) noexcept {
    const double oneS = 1e-9 * timeNs;
    if (oneS * executions < leastBusy * seconds) return std::nullopt;
    return powerW * oneS;
}

}  // namespace ridge::worker
