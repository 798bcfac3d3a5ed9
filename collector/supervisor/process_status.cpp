// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/process_status.hpp"

#include <fmt/core.h>

#include <fstream>
#include <sstream>
#include <string>

namespace ridge::supervisor {
namespace {

/// PF_EXITING of linux/sched.h.
constexpr unsigned long exiting = 0x4;

}  // namespace

std::optional<ProcessStatus> processStatus(pid_t process) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    std::string line;
    std::getline(file, line);
    // The name in brackets may hold anything, brackets too; the fields of proc(5) from the third follow the
    // last one.
    const auto name = line.rfind(')');
    if (name == std::string::npos) return std::nullopt;
    std::istringstream rest(line.substr(name + 1));
    char state = 0;
    pid_t parent = 0;
    int group = 0, session = 0, terminal = 0, foreground = 0;
    unsigned long flags = 0;
    rest >> state >> parent >> group >> session >> terminal >> foreground >> flags;
    if (!rest) return std::nullopt;
    return ProcessStatus{parent, state == 'Z' || state == 'X' || (flags & exiting) != 0};
}

}  // namespace ridge::supervisor
