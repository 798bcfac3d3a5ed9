// SPDX-License-Identifier: Apache-2.0
// The end of a program that nothing can be measured in: it is not left running for nothing.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <vector>

namespace ridge::supervisor {

/// Asks once, by SIGTERM; kills the program, which must be a child of this process, where it is still there
/// after the grace. Its own children are asked and never killed.
class Dismissal {
 public:
    explicit Dismissal(pid_t program, std::chrono::milliseconds grace = std::chrono::seconds(5))
        : m_program(program), m_grace(grace) {}

    /// To be called while the program runs, again and again. `processes`: others of it that are to be asked,
    /// as a shell that is ended leaves what it has started.
    void proceed(const std::vector<pid_t>& processes);
    [[nodiscard]] bool hasBegun() const noexcept { return m_due.has_value(); }
    /// How long to wait before the next proceed(), at most; -1 ms: there is nothing to come.
    [[nodiscard]] std::chrono::milliseconds patience() const;

 private:
    const pid_t m_program;
    const std::chrono::milliseconds m_grace;
    std::optional<std::chrono::steady_clock::time_point> m_due;
    bool m_killed = false;
};

}  // namespace ridge::supervisor
