// SPDX-License-Identifier: Apache-2.0
// Which of the processes on a GPU belong to the profiled program.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <set>

namespace ridge::supervisor {

/// The program, its descendants as /proc tells them, and those that said so themselves.
class OwnProcesses {
 public:
    /// A run of the program begins; what belonged to the one before does not any more.
    void begin(pid_t program);
    /// Not 0 and 1: the one is no process that can be seen from here, the other is everybody's ancestor.
    void add(pid_t process) {
        if (process > 1) m_known.insert(process);
    }

    /// How many of `listed` are not the program's. In a container NVML lists processes under their numbers
    /// outside: where none is the program's, `inUse` of them, as many as it has that are known to use the
    /// GPU, are taken for its own.
    [[nodiscard]] std::int64_t foreignAmong(const std::set<int>& listed, std::size_t inUse);

 private:
    [[nodiscard]] bool isOwn(pid_t process);

    pid_t m_program = 0;
    std::set<pid_t> m_known;  ///< also once their parents are gone
};

}  // namespace ridge::supervisor
