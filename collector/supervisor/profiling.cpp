// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/profiling.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>

#include "collector/inject/channel.hpp"
#include "collector/supervisor/dismissal.hpp"
#include "collector/supervisor/profiled_program.hpp"
#include "db/catalog/share.hpp"

namespace ridge::supervisor {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long processes that outlive the program may go on telling.
constexpr std::chrono::seconds patience{2};

struct RunEnd {
    int status = 0;
    bool interrupted = false;
    bool dismissed = false;            ///< we ended it
    std::optional<ExitCode> hopeless;  ///< nothing could be measured, and was
};

std::map<std::string, std::string> environmentOf(const ProfileJob& job, const inject::Options& options,
                                                 const inject::Listener& listener) {
    return {{"CUDA_INJECTION64_PATH", job.injection.string()},
            {"NVTX_INJECTION64_PATH", job.injection.string()},
            {inject::optionsVariable, inject::encode(options)},
            {inject::channelVariable, listener.address()},
            {"RIDGE_SHARE", catalog::shareDirectory().string()}};
}

/// What is still on its way when the program has ended, its children's included.
void drain(inject::Listener& listener, const inject::Listener::OnLine& onLine,
           const inject::Listener::OnEnd& onEnd, const OnNote& onNote) {
    const auto deadline = steady_clock::now() + patience;
    listener.receive(milliseconds(0), {}, onLine, onEnd);  // accepts who has connected, sent and gone
    while (listener.openPeers() > 0 && steady_clock::now() < deadline)
        listener.receive(milliseconds(50), {}, onLine, onEnd);
    if (listener.openPeers() > 0)
        onNote("the program has ended, but not all of its processes: they go on unmeasured", {});
}

/// The shorter of two waits, of which a negative one has no end.
milliseconds sooner(milliseconds a, milliseconds b) {
    return a.count() < 0 || b.count() < 0 ? std::max(a, b) : std::min(a, b);
}

RunEnd runOnce(const ProfileJob& job, const inject::Options& options, const HeldSignals& signals,
               ProfileEvents& events, ProgramWatch& watch, const OnNote& onNote) {
    inject::Listener listener;
    const auto onLine = [&](int peer, const std::string& line) {
        events.take(peer, line, listener.processOf(peer));
    };
    const auto onEnd = [&events](int peer, bool wasCut) { events.gone(peer, wasCut); };
    ProfiledProgram program(job.program, job.command, environmentOf(job, options, listener), signals);
    Dismissal dismissal(program.pid());
    watch.begin(program.pid());
    // Who has connected and not yet spoken may be about to measure.
    const auto reason = [&] { return listener.allHaveSpoken() ? events.hopeless() : std::nullopt; };
    RunEnd end;
    std::optional<int> status;
    while (!(status = program.status())) {
        const milliseconds untilKill = reason() ? dismissal.patience() : milliseconds(-1);
        listener.receive(sooner(untilKill, watch.untilDue()), {signals.descriptor()}, onLine, onEnd);
        watch.lookIfDue();
        if (signals.relay(program.pid()) != 0) end.interrupted = true;
        if (!reason()) continue;
        listener.receive(milliseconds(0), {}, onLine, onEnd);  // who connected meanwhile may yet measure
        if (const auto hopeless = reason()) {
            end.hopeless = hopeless;
            dismissal.proceed(listener.processes());
        }
    }
    drain(listener, onLine, onEnd, onNote);
    end.status = *status;
    end.dismissed = dismissal.hasBegun();
    if (!end.hopeless) end.hopeless = events.hopeless();
    if (!events.isFruitful()) return end;
    end.hopeless.reset();
    if (end.dismissed)
        onNote(
            fmt::format("{} was asked to end, as nothing seemed to be measurable in it; then something was",
                        options.program),
            {});
    return end;
}

std::string filtersOf(const inject::Options& options) {
    std::string text;
    const auto add = [&text](const std::string& filter) { text += (text.empty() ? "" : " and ") + filter; };
    if (!options.kernel.empty()) add(fmt::format("--kernel '{}'", options.kernel));
    if (!options.nvtx.empty()) add(fmt::format("--nvtx '{}'", options.nvtx));
    if (options.mode == inject::Mode::range && options.nvtx.empty()) add("a name that begins with ridge:");
    if (options.start == inject::Start::profilerApi) add("--start profiler-api");
    return text;
}

/// The outcome of a run that recorded nothing.
ProfileOutcome nothingOf(const ProfileJob& job, const ProfileEvents& events, int status) {
    ProfileOutcome outcome{status, {}, {}, {}};
    const inject::Options& options = job.options;
    const char* work = options.mode == inject::Mode::range ? "NVTX ranges" : "kernel launches";
    if (!events.anyProcess()) {
        outcome.nothing = fmt::format("nothing was measured: {} used no CUDA", options.program);
        outcome.hint = "if it should have: does a wrapper clear its environment?";
    } else if (events.anyRefusal() || events.isUnwritable()) {
        return outcome;  // the note said why
    } else if (!events.seen()) {
        outcome.nothing =
            fmt::format("nothing was measured: {} ended before its first record", options.program);
    } else if (events.seen()->launches == 0) {
        outcome.nothing = fmt::format("nothing was measured: there were no {}", work);
    } else if (events.seen()->matched == 0) {
        outcome.nothing = fmt::format("nothing was measured: none of {} {} passed {}",
                                      events.seen()->launches, work, filtersOf(options));
        outcome.hint = "without the filter, ridge show lists what there is";
    } else {
        outcome.nothing = fmt::format("nothing was measured: --skip {} let all {} chosen {} pass",
                                      options.skip, events.seen()->matched, work);
    }
    return outcome;
}

/// The outcome of a run in which nothing could be measured, whether the program was quicker than its end or
/// not; nullopt for any other. Whoever interrupted it knows better than we how it ended.
std::optional<ProfileOutcome> hopelessOutcome(const ProfileJob& job, const ProfileEvents& events,
                                              const RunEnd& end) {
    if (!end.hopeless || end.interrupted) return std::nullopt;
    ProfileOutcome outcome{static_cast<int>(*end.hopeless), events.tally(), {}, {}};
    if (end.dismissed)
        outcome.nothing = fmt::format("{} was ended, as nothing can be measured in it", job.options.program);
    return outcome;
}

/// Its own, or that of a program that a shell ran.
bool endedBySignal(int status) {
    return status > 128 && status <= 128 + SIGRTMAX;
}

/// Of a run that told no times. Kernels' are told at the end, which _exit() leaves out.
bool mayMeasure(const ProfileEvents& events) {
    if (!events.anyProcess() || events.anyRefusal()) return false;
    return events.anyUnsaid() || (events.seen() && events.seen()->matched > 0);
}

}  // namespace

ProfileOutcome profile(const ProfileJob& job, const HeldSignals& signals, const OnNote& onNote) {
    ProgramWatch watch;
    ProfileEvents events(job.file, job.run, onNote, watch);
    if (job.timeRun) {
        inject::Options options = job.options;
        options.purpose = inject::Purpose::time;
        const RunEnd first = runOnce(job, options, signals, events, watch, onNote);
        if (const auto outcome = hopelessOutcome(job, events, first)) return *outcome;
        if (first.interrupted || endedBySignal(first.status))
            return {first.status,
                    {},
                    "nothing was measured: the first run of --time-run was ended by a signal",
                    {}};
        if (first.status != 0 && events.timings().empty())
            return {first.status,
                    {},
                    fmt::format(
                        "nothing was measured: the first run of --time-run ended with status {} and told no "
                        "times",
                        first.status),
                    {}};
        if (first.status != 0)
            onNote(fmt::format(
                       "the first run of --time-run ended with status {}; its times are used, the program "
                       "runs again",
                       first.status),
                   {});
        // What measures nothing measures nothing a second time: the program's work is not repeated for it.
        if (events.timings().empty() && !mayMeasure(events)) return nothingOf(job, events, first.status);
        if (events.timings().empty())
            onNote(fmt::format("the unprofiled first run told no times{}",
                               events.anyUnsaid() ? ": it left by _exit" : ""),
                   {});
        events.beginCounting();
    }
    inject::Options options = job.options;
    options.timed = job.timeRun;
    const RunEnd end = runOnce(job, options, signals, events, watch, onNote);
    events.finish(end.interrupted || end.dismissed ? "interrupted" : "finished");
    if (const auto outcome = hopelessOutcome(job, events, end)) return *outcome;
    const Tally& tally = events.tally();
    if (tally.ok + tally.skipped + tally.failed == 0) return nothingOf(job, events, end.status);
    return {end.status, tally, {}, {}};
}

}  // namespace ridge::supervisor
