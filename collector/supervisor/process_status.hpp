// SPDX-License-Identifier: Apache-2.0
// What Linux tells of any process.
#pragma once

#include <sys/types.h>

#include <optional>

namespace ridge::supervisor {

struct ProcessStatus {
    pid_t parent = 0;
    bool isOver = false;  ///< it has begun to end, which closes its files first, or waits for its parent
};

/// From /proc/PID/stat; nullopt where there is no such process, or it cannot be seen from here.
[[nodiscard]] std::optional<ProcessStatus> processStatus(pid_t process);

}  // namespace ridge::supervisor
