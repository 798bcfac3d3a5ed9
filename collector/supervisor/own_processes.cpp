// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/own_processes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace ridge::supervisor {
namespace {

/// 0 where /proc does not tell.
pid_t parentOf(pid_t process) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    std::string line;
    std::getline(file, line);
    // The name in brackets may hold anything, brackets too; state and parent follow the last one.
    const auto name = line.rfind(')');
    if (name == std::string::npos) return 0;
    std::istringstream rest(line.substr(name + 1));
    std::string state;
    pid_t parent = 0;
    rest >> state >> parent;
    return rest ? parent : 0;
}

}  // namespace

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
        ancestor = parentOf(ancestor);
    }
    return false;
}

std::int64_t OwnProcesses::foreignAmong(const std::set<int>& listed, std::size_t inUse) {
    const auto own = static_cast<std::size_t>(
        std::count_if(listed.begin(), listed.end(), [this](int process) { return isOwn(process); }));
    return static_cast<std::int64_t>(listed.size() - (own > 0 ? own : std::min(inUse, listed.size())));
}

}  // namespace ridge::supervisor
