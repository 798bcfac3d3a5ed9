// SPDX-License-Identifier: Apache-2.0
// ridge profile without its command line: runs the program, once or twice, and keeps what its processes tell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "collector/inject/options.hpp"
#include "collector/supervisor/profile_events.hpp"
#include "collector/supervisor/profiled_program.hpp"
#include "db/model/run.hpp"

namespace ridge::supervisor {

struct ProfileJob {
    std::filesystem::path file;     ///< results
    std::filesystem::path program;  ///< findProgram()
    std::filesystem::path injection;
    std::vector<std::string> command;  ///< the program as it was called, and its arguments
    inject::Options options;
    bool timeRun = false;
    db::Run run;
};

struct ProfileOutcome {
    int status = 0;  ///< the program's own, 128 + signal; why nothing could be measured (ExitCode)
    Tally tally;
    std::string nothing;  ///< why nothing was recorded; empty when something was, or a note has said why
    std::string hint;
};

/// A program in which nothing can be measured, as its processes find, is not left to run on: it is ended.
/// Throws ridge::Error: usage when the program cannot be started, failed when nothing can be heard of it.
[[nodiscard]] ProfileOutcome profile(const ProfileJob& job, const HeldSignals& signals, const OnNote& onNote);

}  // namespace ridge::supervisor
