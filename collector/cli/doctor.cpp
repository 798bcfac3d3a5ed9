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
#include "collector/supervisor/finding_json.hpp"

namespace ridge::cli {
namespace {

using protocol::Finding;

constexpr std::chrono::seconds patience{60};

std::vector<Finding> findings() {
    try {
        supervisor::WorkerProcess worker = supervisor::requireWorker(ExitCode::noGpu);
        std::vector<Finding> found{doctor::good("worker", worker.program().string())};
        for (Finding& finding :
             protocol::decodeFindings(supervisor::reply(worker, R"({"request":"preflight"})", patience)))
            found.push_back(std::move(finding));
        return found;
    } catch (const Error& error) {
        return {doctor::bad("worker", ExitCode::noGpu, error.what(), error.hint())};
    }
}

/// The worst of what the findings stop: 3 everything, 1 counters for want of CUPTI, 4 for want of permission.
ExitCode verdict(const std::vector<Finding>& findings) {
    for (const ExitCode code : {ExitCode::noGpu, ExitCode::failed, ExitCode::notPermitted}) {
        if (std::any_of(findings.begin(), findings.end(),
                        [code](const Finding& finding) { return finding.stops == code; }))
            return code;
    }
    return ExitCode::done;
}

std::string sentence(ExitCode code) {
    if (code == ExitCode::done) return "This machine can measure: ridge collect llama-13b";
    if (code == ExitCode::noGpu)
        return "This machine cannot measure; it can model: ridge collect llama-13b --model \"NVIDIA A40\"";
    return "This machine can measure time alone: ridge collect llama-13b --metrics none";
}

struct Mark {
    const char* text;
    const char* color;
};

/// "!!" stops something, " !" is advice, "??" cannot be told.
Mark markOf(const Finding& finding) {
    if (finding.state == doctor::State::ok) return {"ok", "\033[32m"};
    if (finding.state == doctor::State::unknown) return {"??", "\033[2m"};
    if (finding.stops == ExitCode::done) return {" !", "\033[33m"};
    return {"!!", "\033[31m"};
}

void printText(const std::vector<Finding>& findings) {
    const bool color = wantsColor(STDOUT_FILENO);
    for (const Finding& finding : findings) {
        const Mark mark = markOf(finding);
        fmt::print("{}{}{}  {:<12}  {}\n", color ? mark.color : "", mark.text, color ? "\033[0m" : "",
                   finding.name, finding.text);
        if (!finding.remedy.empty()) fmt::print("{:18}{}\n", "", finding.remedy);
    }
    fmt::print("{}\n", sentence(verdict(findings)));
}

void printJson(const std::vector<Finding>& findings) {
    using nlohmann::json;
    json array = json::array();
    for (const Finding& finding : findings) array.push_back(protocol::toJson(finding));
    const ExitCode code = verdict(findings);
    const json object{
        {"can_measure", code == ExitCode::done}, {"exit_code", status(code)}, {"findings", array}};
    fmt::print("{}\n", object.dump(2, ' ', false, json::error_handler_t::replace));
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
    command->add_flag("--json", *json, "One JSON object: can_measure, exit_code, findings");
    command->footer(
        "Marks: ok; !! stops measuring; ! advice; ?? not known here.\n"
        "Exit status: 0 it can; 3 no usable GPU; time alone: 4 counters not permitted, 1 no CUPTI or "
        "counters in use.\n"
        "With --selftest: 1 where a counter is off.");
    auto self = std::make_shared<SelftestOptions>();
    self->commandLine = commandLine;
    command->add_flag("--selftest", self->wanted,
                      "Hold the counters against arithmetic: copies, FMA chains, GEMMs");
    command->add_option("-o,--output", self->file, "Where the self-test is kept, default ridge.db")
        ->option_text("FILE");
    command->callback([&chosen, json, self] {
        chosen = [json, self] {
            if (self->wanted) return selftest(*self, *json);
            if (!self->file.empty())
                throw Error(ExitCode::usage, "doctor -o: only the self-test is kept", "add --selftest");
            return doctor(*json);
        };
    });
}

}  // namespace ridge::cli
