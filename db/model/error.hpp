// SPDX-License-Identifier: Apache-2.0
// The one error a user sees: what is wrong and why, what to do next, and which exit code it means.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace ridge {

/// Exit codes of `ridge`, as its manual documents them.
enum class ExitCode : int {
    done = 0,
    failed = 1,
    usage = 2,
    noGpu = 3,
    notPermitted = 4,
    conditionHeld = 5,
    somePointsFailed = 6,
};

class Error : public std::runtime_error {
 public:
    Error(ExitCode code, const std::string& what, std::string hint = {})
        : std::runtime_error(what), m_code(code), m_hint(std::move(hint)) {}

    [[nodiscard]] ExitCode code() const noexcept { return m_code; }
    /// What the user can do next; empty only when there is nothing to do.
    [[nodiscard]] const std::string& hint() const noexcept { return m_hint; }

 private:
    ExitCode m_code;
    std::string m_hint;
};

}  // namespace ridge
