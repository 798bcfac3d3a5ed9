// SPDX-License-Identifier: Apache-2.0
// Turns SIGINT and SIGTERM into a request to stop that a poll can wait for.
#pragma once

#include <array>

namespace ridge::supervisor {

/// While one exists, the first SIGINT or SIGTERM is remembered instead of ending the program; a second one
/// ends it at once; SIGXFSZ is ignored, so that a file that may not grow is an error with a reason. At most
/// one may exist at a time; the old handlers come back with its end.
class Interruption {
 public:
    Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption();

    /// SIGINT, SIGTERM, or 0.
    [[nodiscard]] int signal() const noexcept;
    /// Becomes readable with the first signal and stays so: any number of threads may poll it.
    [[nodiscard]] int descriptor() const noexcept { return m_pipe[0]; }

 private:
    std::array<int, 2> m_pipe{-1, -1};
};

}  // namespace ridge::supervisor
