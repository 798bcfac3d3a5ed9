// SPDX-License-Identifier: Apache-2.0
// ridge collect: measures or models the points of plans into a results file.
#include <CLI/CLI.hpp>
#include <memory>

#include "collector/cli/collect_run.hpp"
#include "collector/cli/command.hpp"

namespace ridge::cli {
namespace {

void number(CLI::Option* option) {
    option->option_text("S")->check([](const std::string& text) {
        double value = 0;
        return CLI::detail::lexical_cast(text, value) ? "" : "'" + text + "' is not a number of seconds";
    });
}

}  // namespace

void addCollect(CLI::App& app, Command& chosen, const std::string& commandLine) {
    auto* command =
        app.add_subcommand("collect", "Measure or model the points of a plan, into a results file");
    auto options = std::make_shared<CollectOptions>();
    options->commandLine = commandLine;
    command->allow_extras();
    const auto text = [command](const char* flags, std::string& value, const char* type, const char* about) {
        command->add_option(flags, value, about)->option_text(type)->check(&refuseEmpty);
    };
    command->add_option("PLAN", options->plans, "Names (ridge list plans) or TOML files")->option_text("...");
    text("-o,--output", options->file, "FILE",
         "Results file, default ridge.db; an existing one gets another run");
    text("--device", options->devices, "LIST", "GPUs by nvidia-smi's index or by UUID, or all; default 0");
    text("--model", options->model, "NAME", "Model this GPU (ridge list devices) instead of measuring");
    command->add_option("--set", options->axes, "Replace an axis, repeatable: --set batch=1,8")
        ->option_text("AXIS=V,V")
        ->allow_extra_args(false);
    text("--only", options->only, "EXPR", "Only points where this SQL holds: \"operator='qk' AND batch<8\"");
    text("--metrics", options->metrics, "SET",
         "Counters (ridge list metrics), a file of them, or none: time alone");
    text("--cache", options->cache, "MODE", "cold: L2 flushed; warm; rotate: operands beyond the L2");
    command
        ->add_flag("--lock-clocks", options->lockClocks,
                   "Hold the SM clock, at the data sheet's or MHZ, until the end; needs root")
        ->option_text("[=MHZ]");
    text("--shard", options->shard, "I/N", "Only part I (from 0) of N, one for each machine");
    command->add_flag("--resume", options->resume, "Collect what the file lacks; try failed points again");
    command->add_flag("--partial-ok", options->partialOk, "Exit 0 also where points failed");
    command->add_flag("--dry-run", options->dryRun, "Print the planned points; open no file and no GPU");
    number(command->add_option("--timeout", options->timeoutS,
                               "Replace a worker that is silent for so long; default 120"));
    number(command->add_option("--max-time-per-point", options->maxTimePerPointS,
                               "Longest repetition of one point"));
    command->add_flag("--json", options->json, "One JSON event a line: plan, point, done");
    command->footer(
        "Exit status: 0 done; 1 file or selection; 2 usage; 3 no usable GPU; 4 counters or clocks not "
        "permitted;\n"
        "6 some points failed; 130, 143 after SIGINT, SIGTERM, with everything measured kept.\n\n"
        "ridge collect llama-13b --model \"NVIDIA A40\" -o a40.db\n"
        "ridge collect gpt2-l batch-invariant --device 0 --resume");
    command->callback([&chosen, options] { chosen = [options] { return collect(*options); }; });
}

}  // namespace ridge::cli
