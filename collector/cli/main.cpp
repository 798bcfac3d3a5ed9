// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "collector/cli/command.hpp"
#include "collector/cli/output.hpp"
#include "collector/cli/shell_text.hpp"

namespace {

using ridge::cli::Command;

/// `status`, unless what was done so well cannot be read.
int finished(int status) {
    if (ridge::cli::allPrinted()) return status;
    ridge::cli::report({ridge::ExitCode::failed, "cannot write the result: the output is closed or full"});
    return status != 0 ? status : ridge::cli::status(ridge::ExitCode::failed);
}

int run(int argc, char** argv) {
    CLI::App app(
        "Measures how many DRAM bytes a GPU kernel really moved and how many FLOPs it really executed,\n"
        "for the kernels of LLM inference, and keeps every measurement in one SQLite file.",
        "ridge");
    Command chosen;
    app.set_version_flag("--version", "ridge " RIDGE_VERSION, "Print the version and exit");
    app.set_help_flag("-h,--help", "Print this help and exit");
    app.get_formatter()->column_width(32);
    app.allow_extras();  // so that what is left over is named with the nearest known name
    app.footer("Start here: ridge collect llama-13b --model \"NVIDIA A40\" && ridge show ridge.db");
    ridge::cli::addCollect(app, chosen, ridge::cli::shellLine(argc, argv));
    ridge::cli::addCeilings(app, chosen, ridge::cli::shellLine(argc, argv));
    ridge::cli::addDoctor(app, chosen, ridge::cli::shellLine(argc, argv));
    ridge::cli::addList(app, chosen);
    // After `--` the words belong to another program: no parser may take one of them for its own.
    const bool profiles = argc > 1 && std::string_view(argv[1]) == "profile";
    char** const end = argv + argc;
    char** const dashes = profiles ? std::find(argv, end, std::string_view("--")) : end;
    ridge::cli::addProfile(app, chosen, ridge::cli::shellLine(argc, argv),
                           {dashes == end ? end : dashes + 1, end});
    ridge::cli::addShow(app, chosen);
    try {
        app.parse(static_cast<int>(dashes - argv), argv);
    } catch (const CLI::Success& helpOrVersion) {
        return finished(app.exit(helpOrVersion));
    } catch (const CLI::ParseError& error) {
        ridge::cli::refuse(app, error);
    }
    ridge::cli::requireNoneLeft(app);
    if (chosen) return finished(chosen());
    ridge::cli::refuseNoCommand(app);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const ridge::Error& error) {
        ridge::cli::report(error);
        return ridge::cli::status(error.code());
    } catch (const std::bad_alloc&) {
        ridge::cli::report(
            {ridge::ExitCode::failed, "out of memory", "work on fewer points at once: --where, --only"});
    } catch (const std::exception& error) {
        ridge::cli::report({ridge::ExitCode::failed, error.what()});
    }
    return ridge::cli::status(ridge::ExitCode::failed);
}
