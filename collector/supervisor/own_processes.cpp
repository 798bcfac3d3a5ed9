// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/own_processes.hpp"

#include <algorithm>

#include "collector/supervisor/process_status.hpp"

namespace ridge::supervisor {
void OwnProcesses::begin(pid_t program) {
    m_program = program;
    m_known = {program};
}

bool OwnProcesses::isOwn(pid_t process) {
    constexpr int deepest = 64;
    pid_t ancestor = process;
    for (int depth = 0; ancestor > 0 && depth < deepest; ++depth) {
        if (m_known.count(ancestor) != 0) {
            m_known.insert(process);
            return true;
        }
        const auto status = processStatus(ancestor);
        ancestor = status ? status->parent : 0;
    }
    return false;
}

std::int64_t OwnProcesses::foreignAmong(const std::set<int>& listed, std::size_t inUse) {
    const auto own = static_cast<std::size_t>(
        std::count_if(listed.begin(), listed.end(), [this](int process) { return isOwn(process); }));
    return static_cast<std::int64_t>(listed.size() - (own > 0 ? own : std::min(inUse, listed.size())));
}

}  // namespace ridge::supervisor
