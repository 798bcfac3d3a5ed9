// SPDX-License-Identifier: Apache-2.0
// The commands of `ridge`: each adds its options to the parser and, when it was called, says what to run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "db/model/error.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
class ParseError;
}  // namespace CLI

namespace ridge::cli {

/// Returns the exit code; throws ridge::Error.
using Command = std::function<int()>;

void addCeilings(CLI::App& app, Command& chosen, const std::string& commandLine);
void addCollect(CLI::App& app, Command& chosen, const std::string& commandLine);
void addDoctor(CLI::App& app, Command& chosen, const std::string& commandLine);
void addList(CLI::App& app, Command& chosen);
void addListMetrics(CLI::App& list, Command& chosen);
/// `program`: what stands after `--`, the program and its arguments.
void addProfile(CLI::App& app, Command& chosen, const std::string& commandLine,
                const std::vector<std::string>& program);
void addShow(CLI::App& app, Command& chosen);

/// Exit code as an int.
[[nodiscard]] constexpr int status(ExitCode code) {
    return static_cast<int>(code);
}

/// For an option's check: a variable that a script left unset must not choose everything.
[[nodiscard]] std::string refuseEmpty(const std::string& text);
/// Throws ridge::Error (usage) for arguments that no command or option took, naming the nearest.
void requireNoneLeft(const CLI::App& app);
/// Throws ridge::Error (usage) for what the parser refused, or for a command line that names no command.
[[noreturn]] void refuse(const CLI::App& app, const CLI::ParseError& error);
[[noreturn]] void refuseNoCommand(const CLI::App& app);

/// Writes "ridge: message" and the hint below it.
void report(const Error& error);
/// The same for what is no error: on standard error, as the other outputs may be a program's own.
void note(const std::string& text, const std::string& hint);

}  // namespace ridge::cli
