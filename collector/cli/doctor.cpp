// SPDX-License-Identifier: Apache-2.0
// ridge doctor: may this machine measure, what stops it, and what lifts it.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "collector/cli/command.hpp"
#include "collector/cli/selftest.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/supervisor/bench.hpp"

namespace ridge::cli {
namespace {

using protocol::Finding;

constexpr std::chrono::seconds patience{60};

std::vector<Finding> findings() {
    try {
        supervisor::WorkerProcess worker = supervisor::requireWorker(ExitCode::noGpu);
        std::vector<Finding> found{{"worker", true, worker.program().string(), ""}};
        for (Finding& finding :
             protocol::decodeFindings(supervisor::reply(worker, R"({"request":"preflight"})", patience)))
            found.push_back(std::move(finding));
        return found;
    } catch (const Error& error) {
        return {{"worker", false, error.what(), error.hint()}};
    }
}

/// 0 measuring is possible, 4 all but reading counters is, else 3.
ExitCode verdict(const std::vector<Finding>& findings) {
    ExitCode code = ExitCode::done;
    for (const Finding& finding : findings) {
        if (finding.ok || finding.name == "holders") continue;  // a holder may be gone in a minute
        if (!supervisor::concernsCounters(finding)) return ExitCode::noGpu;
        code = ExitCode::notPermitted;
    }
    return code;
}

std::string sentence(ExitCode code) {
    if (code == ExitCode::done) return "This machine can measure: ridge collect llama-13b";
    if (code == ExitCode::notPermitted)
        return "This machine can measure time alone: ridge collect llama-13b --metrics none";
    return "This machine cannot measure; it can model: ridge collect llama-13b --model \"NVIDIA A40\"";
}

void printText(const std::vector<Finding>& findings) {
    const bool color = wantsColor(STDOUT_FILENO);
    for (const Finding& finding : findings) {
        const std::string mark = finding.ok ? "ok" : "!!";
        fmt::print("{}{}{}  {:<10}  {}\n", color ? (finding.ok ? "\033[32m" : "\033[31m") : "", mark,
                   color ? "\033[0m" : "", finding.name, finding.text);
        if (!finding.ok && !finding.remedy.empty()) fmt::print("                {}\n", finding.remedy);
    }
    fmt::print("{}\n", sentence(verdict(findings)));
}

void printJson(const std::vector<Finding>& findings) {
    nlohmann::json array = nlohmann::json::array();
    for (const Finding& finding : findings) {
        array.push_back(
            {{"name", finding.name}, {"ok", finding.ok}, {"text", finding.text}, {"remedy", finding.remedy}});
    }
    const nlohmann::json object{{"can_measure", verdict(findings) == ExitCode::done}, {"findings", array}};
    fmt::print("{}\n", object.dump(2));
}

int doctor(bool json) {
    const std::vector<Finding> found = findings();
    if (json)
        printJson(found);
    else
        printText(found);
    return status(verdict(found));
}

}  // namespace

void addDoctor(CLI::App& app, Command& chosen, const std::string& commandLine) {
    auto* command =
        app.add_subcommand("doctor", "Say whether this machine can measure, and what to do where it cannot");
    command->allow_extras();
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "One JSON object: can_measure, findings");
    command->footer(
        "Exit status: 0 it can; 3 no usable GPU; 4 counters not permitted.\n"
        "With --selftest: 1 where a counter is off.");
    auto self = std::make_shared<SelftestOptions>();
    self->commandLine = commandLine;
    self->file = "ridge.db";
    auto* wanted = command->add_flag("--selftest", self->wanted,
                                     "Hold the counters against arithmetic: copies, FMA chains, GEMMs");
    command->add_option("-o,--output", self->file, "Where the self-test is kept, default ridge.db")
        ->option_text("FILE")
        ->needs(wanted);
    command->callback([&chosen, json, self] {
        chosen = [json, self] { return self->wanted ? selftest(*self, *json) : doctor(*json); };
    });
}

}  // namespace ridge::cli
