// SPDX-License-Identifier: Apache-2.0
// The last lines of ridge collect: what was done, and what to do with it.
#include <fmt/core.h>

#include <cstdio>

#include "collector/cli/collect_run.hpp"
#include "collector/cli/shell_text.hpp"
#include "collector/cli/units.hpp"
#include "db/catalog/figure.hpp"
#include "db/catalog/share.hpp"

namespace ridge::cli {
namespace {

/// The published figure that shows one of the plans, if there is one.
std::string figureOf(const std::vector<supervisor::PlannedWork>& works) {
    for (const supervisor::PlannedWork& work : works) {
        for (const std::string& name : catalog::names("figures")) {
            if (catalog::figure(name).plan == work.plan.name) return name;
        }
    }
    return {};
}

/// "12 skipped, 3 failed, 40 there already"; empty when every point is new and ok.
std::string exceptions(const supervisor::Tally& tally) {
    std::string text;
    const auto add = [&text](std::size_t count, const char* how) {
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, how);
    };
    add(tally.skipped, "skipped");
    add(tally.failed, "failed");
    add(tally.kept, "there already");
    return text;
}

}  // namespace

void summarize(const std::vector<supervisor::PlannedWork>& works, const CollectOptions& options,
               const supervisor::Tally& tally, const std::string& devices, double seconds, bool interrupted) {
    const std::size_t taken = tally.total() - tally.kept;
    std::string rest = exceptions(tally);
    if (!rest.empty()) rest = " (" + rest + ")";
    if (taken == 0 && !interrupted)
        fmt::print(stderr, "nothing left to do: {} in {} already\n", counted(tally.kept, "point"),
                   options.file);
    else
        fmt::print(stderr, "{}{}{} {} {} in {}: {}\n", interrupted ? "interrupted after " : "",
                   counted(taken, "point"), rest, options.model.empty() ? "measured on" : "modelled for",
                   devices, waiting(seconds), options.file);
    if (interrupted) {
        fmt::print(stderr, "go on: {}{}\n", options.commandLine, options.resume ? "" : " --resume");
        return;
    }
    const std::string file = shellText(options.file);
    if (tally.skipped + tally.failed > 0)
        fmt::print(stderr, "why: ridge show {} --where \"status <> 'ok'\"\n", file);
    const std::string figure = figureOf(works);
    fmt::print(stderr, "next: ridge-gui {}{}\n", file, figure.empty() ? "" : " --figure " + figure);
    fmt::print(stderr, "      ridge show {}\n", file);
}

}  // namespace ridge::cli
