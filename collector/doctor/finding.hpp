// SPDX-License-Identifier: Apache-2.0
// One line of `ridge doctor`: ok, or what is wrong and what to do, or that nothing can be told.
#pragma once

#include <string>
#include <vector>

#include "db/model/error.hpp"

namespace ridge::doctor {

enum class State { ok, wrong, unknown };

struct Finding {
    std::string name;  ///< driver, device, cupti, permission, holders, ...
    State state = State::unknown;
    std::string text, remedy;         ///< what is wrong has a remedy, the rest none
    ExitCode stops = ExitCode::done;  ///< what a measurement ends with because of it; done: it is advice
};

/// What was found with one GPU in view.
struct Preflight {
    std::vector<Finding> findings;
    int gpus = 0;  ///< how many the driver shows to this process
};

[[nodiscard]] inline Finding good(const char* name, std::string text) {
    return {name, State::ok, std::move(text), {}, ExitCode::done};
}
/// Not told on this machine, or of no meaning before something else works.
[[nodiscard]] inline Finding unknown(const char* name, std::string text) {
    return {name, State::unknown, std::move(text), {}, ExitCode::done};
}
/// Measuring goes on, but its numbers or its comfort suffer.
[[nodiscard]] inline Finding advice(const char* name, std::string text, std::string remedy) {
    return {name, State::wrong, std::move(text), std::move(remedy), ExitCode::done};
}
/// `stops`: noGpu, failed (counters cannot be used), or notPermitted.
[[nodiscard]] inline Finding bad(const char* name, ExitCode stops, std::string text, std::string remedy) {
    return {name, State::wrong, std::move(text), std::move(remedy), stops};
}

}  // namespace ridge::doctor
