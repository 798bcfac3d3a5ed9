// SPDX-License-Identifier: Apache-2.0
// ridge ceilings: measures the roofs of this machine's GPUs into a results file.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "collector/cli/ceiling_table.hpp"
#include "collector/cli/command.hpp"
#include "collector/cli/device_run.hpp"
#include "collector/cli/output.hpp"
#include "collector/cli/shell_text.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/cli/units.hpp"
#include "db/model/ceiling_kind.hpp"

namespace ridge::cli {
namespace {

using supervisor::CeilingOutcome;

struct CeilingsOptions {
    std::string file = "ridge.db", devices, commandLine;
    bool json = false;
};

constexpr std::chrono::seconds patience{180};  // GEMMs of 8192 in fp8 and their algorithms, on a slow GPU

void event(const nlohmann::json& object) {
    printLine(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool went(const CeilingOutcome& outcome) {
    return outcome.state == CeilingOutcome::State::measured || outcome.state == CeilingOutcome::State::absent;
}

/// "[ 3/14] dram_copy: 1.87 TB/s"
void progress(const CeilingOutcome& outcome, std::size_t number) {
    std::string text = outcome.reason;
    if (outcome.state == CeilingOutcome::State::measured)
        text = rateText(outcome.ceiling->value, outcome.ceiling->unit) +
               (outcome.flags.empty() ? "" : fmt::format("  ({})", outcome.flags));
    else if (outcome.state != CeilingOutcome::State::absent)
        text = "failed: " + text;
    fmt::print(stderr, "[{:2}/{}] {}: {}\n", number, db::measuredCeilings.size(), outcome.name, text);
}

std::vector<CeilingOutcome> measureDevice(supervisor::Bench& bench, db::Store& store,
                                          const supervisor::Interruption& interruption, bool json) {
    const db::Device& device = bench.description.device;
    store.addDevice(device, bench.ceilings);
    std::vector<CeilingOutcome> outcomes;
    supervisor::measureCeilings(bench, patience, interruption, [&](const CeilingOutcome& outcome) {
        if (outcome.state == CeilingOutcome::State::measured) store.addDevice(device, {&*outcome.ceiling, 1});
        outcomes.push_back(outcome);
        if (json)
            event(ceilingEvent(outcome, device));
        else
            progress(outcome, outcomes.size());
    });
    return outcomes;
}

void printTable(const supervisor::Bench& bench, const std::vector<CeilingOutcome>& outcomes) {
    const db::Device& device = bench.description.device;
    print(device.name + " " + device.uuid + "\n" +
          aligned(ceilingTable(outcomes), terminalWidth(STDOUT_FILENO)));
    if (bench.ceilings.empty())
        fmt::print(stderr, "no data sheet of {} to hold them against: ridge list devices\n", device.name);
}

/// A roof that was measured under other conditions than the work beneath it is no roof of it.
void noteDisturbed(const std::vector<CeilingOutcome>& outcomes) {
    std::string names;
    for (const CeilingOutcome& outcome : outcomes) {
        if (!outcome.flags.empty() && outcome.state == CeilingOutcome::State::measured)
            names += (names.empty() ? "" : ", ") + outcome.name;
    }
    if (!names.empty())
        note("measured on a GPU that throttled or was not alone: " + names,
             "the column `how` says what by; without it they may be higher");
}

void conclude(const CeilingsOptions& options, std::size_t measured, std::size_t failed, int signal) {
    if (options.json) {
        event({{"event", "done"},
               {"state", signal != 0 ? "interrupted" : "finished"},
               {"measured", measured},
               {"failed", failed},
               {"file", options.file}});
    }
    fmt::print(stderr, "{}{} measured{}: {}\n", signal != 0 ? "interrupted after " : "",
               counted(measured, "ceiling"), failed > 0 ? fmt::format(", {} failed", failed) : std::string(),
               options.file);
    if (failed == 0 && signal == 0)
        fmt::print(stderr, "next: ridge-gui {}  (charts draw them beside the data sheet's)\n",
                   shellText(options.file));
}

int ceilings(const CeilingsOptions& options) {
    const std::vector<std::string> devices = parsedDevices(options.devices);
    db::Store::requireWritable(options.file);
    std::vector<supervisor::Bench> benches = openedDevices(devices, false, patience);
    const supervisor::Interruption interruption;
    std::size_t measured = 0;
    std::size_t failed = 0;
    const auto all = [&](db::Store& store, std::int64_t) {
        for (supervisor::Bench& bench : benches) {
            if (interruption.signal() != 0) break;
            const auto outcomes = measureDevice(bench, store, interruption, options.json);
            for (const CeilingOutcome& outcome : outcomes) {
                if (outcome.state == CeilingOutcome::State::measured) ++measured;
                if (!went(outcome)) ++failed;
            }
            if (!options.json) printTable(bench, outcomes);
            noteDisturbed(outcomes);
        }
    };
    db::Run run = newRun("ceilings", options.commandLine);
    describe(run, benches.front().description);
    recordRun(options.file, run, interruption, all);
    conclude(options, measured, failed, interruption.signal());
    if (interruption.signal() != 0) return 128 + interruption.signal();
    return status(failed > 0 ? ExitCode::somePointsFailed : ExitCode::done);
}

}  // namespace

void addCeilings(CLI::App& app, Command& chosen, const std::string& commandLine) {
    auto* command =
        app.add_subcommand("ceilings", "Measure the roofs of a GPU: DRAM, L2, every compute path");
    command->allow_extras();
    auto options = std::make_shared<CeilingsOptions>();
    options->commandLine = commandLine;
    command
        ->add_option("-o,--output", options->file, "Results file, default ridge.db; its charts use the roofs")
        ->option_text("FILE");
    command
        ->add_option("--device", options->devices, "GPUs by nvidia-smi's index or by UUID, or all; default 0")
        ->option_text("LIST")
        ->check(&refuseEmpty);
    command->add_flag("--json", options->json, "One JSON event a line: ceiling, done");
    command->footer(
        "Work is counted where counters may be read, else known by arithmetic; the column `how` says which.\n"
        "A value above theory at the clock seen is an error and is not kept.\n"
        "Exit status: 0 done; 1 file; 3 no usable GPU; 6 some ceilings failed; 130, 143 after SIGINT, "
        "SIGTERM.");
    command->callback([&chosen, options] { chosen = [options] { return ceilings(*options); }; });
}

}  // namespace ridge::cli
