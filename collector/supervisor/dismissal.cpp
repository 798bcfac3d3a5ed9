// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/dismissal.hpp"

#include <algorithm>
#include <csignal>

namespace ridge::supervisor {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void Dismissal::proceed(const std::vector<pid_t>& processes) {
    if (!m_due) {
        m_due = steady_clock::now() + m_grace;
        ::kill(m_program, SIGTERM);
        for (const pid_t process : processes) {
            if (process != m_program) ::kill(process, SIGTERM);
        }
    } else if (!m_killed && steady_clock::now() >= *m_due) {
        m_killed = true;
        ::kill(m_program, SIGKILL);
    }
}

milliseconds Dismissal::patience() const {
    if (!m_due || m_killed) return milliseconds(-1);
    return std::max(std::chrono::ceil<milliseconds>(*m_due - steady_clock::now()), milliseconds(0));
}

}  // namespace ridge::supervisor
