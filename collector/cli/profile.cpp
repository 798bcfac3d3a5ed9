// SPDX-License-Identifier: Apache-2.0
// ridge profile: measures the kernels or the NVTX ranges of any CUDA program.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "collector/cli/clock_locks.hpp"
#include "collector/cli/command.hpp"
#include "collector/cli/device_run.hpp"
#include "collector/cli/shell_text.hpp"
#include "collector/doctor/machine_facts.hpp"
#include "collector/doctor/permission.hpp"
#include "collector/inject/selection.hpp"
#include "collector/metrics/metric_set.hpp"
#include "collector/supervisor/profiled_program.hpp"
#include "collector/supervisor/profiling.hpp"
#include "db/store.hpp"

namespace ridge::cli {
namespace {

struct ProfileOptions {
    inject::Options inject;
    std::string file = "ridge.db";
    std::string start = "now", mode = "kernel", graph = "whole", cache = "cold";
    std::int64_t count = 0;
    bool hasCount = false, timeRun = false;
    std::vector<std::string> command, misplaced;
    std::string commandLine, lockClocks;  ///< empty: no
};

template <class T>
T chosen(const char* option, const std::string& text, const char* known) {
    if (const auto value = inject::fromText<T>(text)) return *value;
    throw Error(ExitCode::usage, fmt::format("{} {}: not one of {}", option, text, known),
                "see ridge profile --help");
}

/// Everything that can be wrong with the filters, before the program starts.
void requireFilters(const inject::Options& options) {
    static_cast<void>(inject::KernelSelection(options));
    if (options.mode == inject::Mode::kernel) return;
    if (!options.kernel.empty())
        throw Error(ExitCode::usage, "--kernel chooses kernels, and --mode range measures ranges",
                    "choose them by --nvtx, or leave --mode range out");
    if (!options.deny.empty())
        throw Error(ExitCode::usage,
                    "--deny keeps kernels from being run again, and --mode range runs none again",
                    "leave one of the two out");
    if (options.graph == inject::Graph::node)
        throw Error(ExitCode::usage, "--graph node measures single kernels, and --mode range whole ranges",
                    "leave one of the two out");
}

void requireNoOtherProfiler() {
    for (const char* variable : {"CUDA_INJECTION64_PATH", "NVTX_INJECTION64_PATH"}) {
        const char* value = std::getenv(variable);
        if (value != nullptr && *value != '\0')
            throw Error(
                ExitCode::usage,
                fmt::format("{} is set to '{}': another profiler is at work here", variable, value),
                fmt::format("one at a time: end that one, or run env -u {} ridge profile ...", variable));
    }
}

inject::Options injectOptions(const ProfileOptions& options) {
    inject::Options result = options.inject;
    result.idleTraffic = true;
    result.start = chosen<inject::Start>("--start", options.start, "now, profiler-api");
    result.mode = chosen<inject::Mode>("--mode", options.mode, "kernel, range");
    result.graph = chosen<inject::Graph>("--graph", options.graph, "whole, node");
    result.cache = chosen<inject::Cache>("--cache", options.cache, "cold, warm");
    if (options.hasCount) result.count = options.count;
    result.program = std::filesystem::path(options.command.front()).filename().string();
    return result;
}

/// A metric set's file by its whole path: the program may go to another folder before it uses CUDA.
std::string wherever(const std::string& nameOrPath) {
    const bool path = nameOrPath.find('/') != std::string::npos || nameOrPath.ends_with(".toml");
    return path ? std::filesystem::absolute(nameOrPath).lexically_normal().string() : nameOrPath;
}

supervisor::ProfileJob checkedJob(const ProfileOptions& options) {
    if (!options.misplaced.empty())
        throw Error(ExitCode::usage, "profile takes its program after --",
                    "ridge profile [options] -- " + options.misplaced.front() + " ...");
    if (options.command.empty())
        throw Error(ExitCode::usage, "profile which program?",
                    "name it after --: ridge profile -o x.db -- python3 decode.py");
    supervisor::ProfileJob job;
    job.options = injectOptions(options);
    requireFilters(job.options);
    const metrics::MetricSet set = metrics::loadSet(job.options.metricSet);
    job.options.metricSet = wherever(job.options.metricSet);
    job.options.recordedMetricSet = set.recordedAs;
    job.program = supervisor::findProgram(options.command.front());
    requireNoOtherProfiler();
    db::Store::requireWritable(options.file);
    job.injection = supervisor::findInjection();
    job.file = options.file;
    job.command = options.command;
    job.timeRun = options.timeRun;
    job.run = newRun("profile", options.commandLine);
    job.run.formulaVersion = set.formulaVersion;
    return job;
}

void summarize(const supervisor::ProfileOutcome& outcome, const ProfileOptions& options) {
    const supervisor::Tally& tally = outcome.tally;
    if (!outcome.nothing.empty()) note(outcome.nothing, outcome.hint);
    if (tally.ok + tally.skipped + tally.failed == 0) return;
    std::string text = fmt::format("{} measured", tally.ok);
    if (tally.skipped > 0) text += fmt::format(", {} skipped", tally.skipped);
    if (tally.failed > 0) text += fmt::format(", {} failed", tally.failed);
    note(fmt::format("{} in {}", text, options.file), fmt::format("ridge show {}", shellText(options.file)));
}

/// Every GPU here: which of them the program will use is not known before. The workers that found them are
/// gone when this returns; what holds the clocks has no CUDA context.
void lockClocks(ClockLocks& locks, std::optional<double> mhz) {
    constexpr std::chrono::seconds timeout{120};
    for (const supervisor::Bench& bench : openedDevices({}, false, timeout)) locks.add(bench, mhz, timeout);
}

/// Before the program has run for hours. Not refused: what /proc tells in a container may be another's, and
/// the program may have a right that this process lacks.
void warnOfDenial() {
    if (const auto denial = doctor::foreseenDenial(doctor::readMachine()))
        note("probably nothing can be measured: " + denial->text, denial->remedy);
}

int profile(const ProfileOptions& options) {
    supervisor::ProfileJob job = checkedJob(options);
    warnOfDenial();
    const std::optional<double> mhz = parsedClock(options.lockClocks);
    const supervisor::HeldSignals signals;  // before any worker is started, which sets SIGPIPE
    ClockLocks locks;
    if (!options.lockClocks.empty()) {
        lockClocks(locks, mhz);
        job.run.clockLock = locks.text();
    }
    const supervisor::ProfileOutcome outcome = supervisor::profile(job, signals, note);
    summarize(outcome, options);
    return outcome.status;
}

CLI::Option* number(CLI::Option* option, std::int64_t least) {
    return option->option_text("N")->check([least](const std::string& text) {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool valid = error == std::errc() && end == text.data() + text.size() && value >= least;
        return valid ? std::string() : fmt::format("'{}' is not a whole number from {} up", text, least);
    });
}

}  // namespace

void addProfile(CLI::App& app, Command& chosen, const std::string& commandLine,
                const std::vector<std::string>& program) {
    auto* command = app.add_subcommand("profile", "Measure the kernels or NVTX ranges of any CUDA program");
    auto options = std::make_shared<ProfileOptions>();
    options->commandLine = commandLine;
    options->command = program;
    command->allow_extras();
    const auto text = [command](const char* flags, auto& value, const char* type, const char* about) {
        return command->add_option(flags, value, about)->option_text(type);
    };
    command->add_option("PROGRAM", options->misplaced, "After --: the program and its arguments")
        ->option_text("...");
    text("-o,--output", options->file, "FILE",
         "Results file, default ridge.db; an existing one gets another run");
    text("--nvtx", options->inject.nvtx, "EXPR",
         "Only inside these NVTX ranges: A/ or app@A/*/B pushed, A,B started")
        ->check(&refuseEmpty);
    text("--kernel", options->inject.kernel, "REGEX", "Only kernels whose name has this in it")
        ->check(&refuseEmpty);
    text("--deny", options->inject.deny, "REGEX",
         "Never run these again: they wait for each other; repeatable")
        ->allow_extra_args(false)
        ->check(&refuseEmpty);
    number(command->add_option("--skip", options->inject.skip, "Let the first N that were chosen pass"), 0);
    auto* count = number(command->add_option("--count", options->count, "Measure N, let the rest pass"), 1);
    text("--start", options->start, "WHEN", "now, or profiler-api: between cudaProfilerStart and Stop");
    text("--mode", options->mode, "MODE", "kernel: a row a launch; range: a row an NVTX range");
    text("--graph", options->graph, "HOW", "CUDA graphs whole, or node: each kernel of them on its own");
    text("--metrics", options->inject.metricSet, "SET",
         "Counters (ridge list metrics) or a file of them, default roofline");
    text("--cache", options->cache, "MODE", "cold: L2 flushed first; warm: left as it is; default cold");
    command
        ->add_flag("--lock-clocks", options->lockClocks,
                   "Hold the SM clock of every GPU, at the data sheet's or MHZ; needs root")
        ->option_text("[=MHZ]");
    command->add_flag("--time-run", options->timeRun,
                      "Run the program once before, without counters, for the times");
    command->footer(
        "Exit status: that of the program, 128 + signal where one ended it; 2 usage, before it starts.\n"
        "Where nothing can be measured in it, it is ended: 1 another profiler, 3 no usable GPU, 4 counters "
        "not "
        "permitted.\n"
        "Its input and outputs are its own; ridge writes to standard error.\n\n"
        "ridge profile -o decode.db --kernel 'gemm|attn' --count 50 -- python3 decode.py\n"
        "ridge profile --mode range --nvtx 'ridge:*/' -- python3 decode.py");
    command->callback([&chosen, options, count] {
        options->hasCount = count->count() > 0;
        chosen = [options] { return profile(*options); };
    });
}

}  // namespace ridge::cli
