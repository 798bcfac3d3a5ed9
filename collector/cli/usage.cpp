// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "collector/cli/command.hpp"
#include "collector/cli/terminal.hpp"
#include "db/catalog/share.hpp"

namespace ridge::cli {
namespace {

/// "ridge list plans"
std::string pathOf(const CLI::App& app) {
    return app.get_parent() == nullptr ? "ridge" : pathOf(*app.get_parent()) + " " + app.get_name();
}

/// "list plans" and a space; empty for the program itself, whose name stands before every message.
std::string subject(const CLI::App& app) {
    constexpr std::size_t program = 6;  // "ridge" and a space
    const std::string path = pathOf(app);
    return path.size() > program ? path.substr(program) + " " : "";
}

std::vector<std::string> optionsOf(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
    return names;
}

std::vector<std::string> commandsOf(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
    return names;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

[[noreturn]] void refuseArgument(const CLI::App& app, const std::string& argument) {
    const std::string path = pathOf(app);
    const bool isOption = argument.size() > 1 && argument[0] == '-';
    const std::string name = argument.substr(0, isOption ? argument.find('=') : std::string::npos);
    const std::vector<std::string> commands = commandsOf(app);
    std::string what =
        isOption ? subject(app) + (app.get_parent() == nullptr ? "" : "has ") + "no option '" + name + "'"
        : commands.empty() ? subject(app) + "takes no argument '" + name + "'"
                           : "no command '" + subject(app) + name + "'";
    const std::vector<std::string> close = catalog::nearest(name, isOption ? optionsOf(app) : commands);
    if (!close.empty() && (isOption || !commands.empty())) what += "; did you mean " + close.front() + "?";
    if (!isOption && !commands.empty())
        throw Error(ExitCode::usage, what, "commands: " + joined(commands) + " (" + path + " --help)");
    throw Error(ExitCode::usage, what, "see " + path + " --help");
}

/// The innermost command that was named.
const CLI::App& calledOf(const CLI::App& app) {
    const std::vector<CLI::App*> called = app.get_subcommands();
    return called.empty() ? app : calledOf(*called.front());
}

}  // namespace

std::string refuseEmpty(const std::string& text) {
    return text.empty() ? "'' names nothing: leave the option out, or say what is meant" : std::string();
}

void refuse(const CLI::App& app, const CLI::ParseError& error) {
    std::string what = error.what();
    // "--model: 1 required TEXT missing" speaks of the parser, not of the user.
    if (what.find("required") != std::string::npos && what.find("missing") != std::string::npos)
        what = what.substr(0, what.find(':')) + " needs a value";
    throw Error(ExitCode::usage, what, "see " + pathOf(calledOf(app)) + " --help");
}

void refuseNoCommand(const CLI::App& app) {
    const CLI::App& called = calledOf(app);
    throw Error(ExitCode::usage,
                subject(called) + (called.get_parent() == nullptr ? "which command?" : "what?"),
                "commands: " + joined(commandsOf(called)) + " (" + pathOf(called) + " --help)");
}

void requireNoneLeft(const CLI::App& app) {
    const std::vector<std::string> left = app.remaining();
    for (const std::string& argument : left) {
        if (argument != "--") refuseArgument(app, argument);
    }
    for (const CLI::App* command : app.get_subcommands()) requireNoneLeft(*command);
}

void note(const std::string& text, const std::string& hint) {
    std::fprintf(stderr, "ridge: %s\n", visible(text, "\n").c_str());
    if (!hint.empty()) std::fprintf(stderr, "  %s\n", visible(hint, "\n").c_str());
}

void report(const Error& error) {
    const bool color = wantsColor(STDERR_FILENO);
    std::fprintf(stderr, "%sridge:%s %s\n", color ? "\033[1;31m" : "", color ? "\033[0m" : "",
                 visible(error.what(), "\n").c_str());
    if (!error.hint().empty()) std::fprintf(stderr, "  %s\n", visible(error.hint(), "\n").c_str());
}

}  // namespace ridge::cli
