// SPDX-License-Identifier: Apache-2.0
// ridge doctor: may this machine measure, what stops it, and what lifts it.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "collector/cli/command.hpp"
#include "collector/cli/device_run.hpp"
#include "collector/cli/output.hpp"
#include "collector/cli/selftest.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/supervisor/checkup.hpp"
#include "collector/supervisor/finding_json.hpp"

namespace ridge::cli {
namespace {

using doctor::Finding;
using supervisor::Checkup;

constexpr std::chrono::seconds patience{60};

struct DoctorOptions {
    std::string devices;  ///< as typed; empty: every GPU
    bool json = false;
};

/// Of every GPU there is, one that can measure is enough; of those that were asked for, each has to.
ExitCode exitCode(const std::vector<Checkup>& checkups, bool named) {
    if (!named) return supervisor::mostAble(checkups).code;
    ExitCode worst = ExitCode::done;
    for (const ExitCode code : {ExitCode::notPermitted, ExitCode::failed, ExitCode::noGpu}) {
        if (std::any_of(checkups.begin(), checkups.end(),
                        [&](const Checkup& checkup) { return supervisor::verdict(checkup) == code; }))
            worst = code;
    }
    return worst;
}

/// "This machine can measure: ridge collect llama-13b", or which of its GPUs can.
std::string sentence(const std::vector<Checkup>& checkups, bool named) {
    const supervisor::Able able = supervisor::mostAble(checkups);
    const bool all = able.gpus.size() == checkups.size();
    const std::string who =
        all ? "This machine" : fmt::format("GPU {} of this machine", fmt::join(able.gpus, ", "));
    const std::string device =
        all && !named ? std::string() : fmt::format(" --device {}", fmt::join(able.gpus, ","));
    if (able.code == ExitCode::done) return who + " can measure: ridge collect llama-13b" + device;
    if (able.code == ExitCode::noGpu)
        return "This machine cannot measure; it can model: ridge collect llama-13b --model \"NVIDIA A40\"";
    return who + " can measure time alone: ridge collect llama-13b --metrics none" + device;
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

void printText(const std::vector<Checkup>& checkups, bool named) {
    const bool color = wantsColor(STDOUT_FILENO);
    for (const auto& [finding, gpus] : supervisor::shared(checkups)) {
        const Mark mark = markOf(finding);
        // The device's own finding says which GPU it is about.
        const bool told = gpus.empty() || finding.text.find("GPU " + gpus.front()) != std::string::npos;
        print(fmt::format("{}{}{}  {:<12}  {}{}\n", color ? mark.color : "", mark.text,
                          color ? "\033[0m" : "", finding.name,
                          told ? "" : fmt::format("GPU {}: ", fmt::join(gpus, ", ")), finding.text));
        if (!finding.remedy.empty()) print(fmt::format("{:18}{}\n", "", finding.remedy));
    }
    print(sentence(checkups, named) + "\n");
}

void printJson(const std::vector<Checkup>& checkups, bool named) {
    using nlohmann::json;
    json findings = json::array();
    for (const auto& [finding, gpus] : supervisor::shared(checkups)) {
        findings.push_back(protocol::toJson(finding));
        if (!gpus.empty()) findings.back()["gpus"] = gpus;
    }
    json each = json::array();
    for (const Checkup& checkup : checkups)
        each.push_back({{"gpu", checkup.gpu}, {"exit_code", status(supervisor::verdict(checkup))}});
    const ExitCode code = exitCode(checkups, named);
    const json object{{"can_measure", code == ExitCode::done},
                      {"exit_code", status(code)},
                      {"gpus", each},
                      {"findings", findings}};
    print(object.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

int doctor(const DoctorOptions& options) {
    const bool named = !options.devices.empty() && options.devices != "all";
    const std::vector<std::string> devices = parsedDevices(named ? options.devices : "all");
    const std::vector<Checkup> checkups = supervisor::checkUp(devices, patience);
    if (options.json)
        printJson(checkups, named);
    else
        printText(checkups, named);
    return status(exitCode(checkups, named));
}

}  // namespace

void addDoctor(CLI::App& app, Command& chosen, const std::string& commandLine) {
    auto* command =
        app.add_subcommand("doctor", "Say whether this machine can measure, and what to do where it cannot");
    command->allow_extras();
    auto options = std::make_shared<DoctorOptions>();
    command
        ->add_option("--device", options->devices,
                     "GPUs by nvidia-smi's index or by UUID, or all; default all, for the self-test 0")
        ->option_text("LIST")
        ->check(&refuseEmpty);
    command->add_flag("--json", options->json, "One JSON object: can_measure, exit_code, gpus, findings");
    command->footer(
        "Marks: ok; !! stops measuring; ! advice; ?? not known here.\n"
        "Exit status: 0 it can; 3 no usable GPU; time alone: 4 counters not permitted, 1 no CUPTI or "
        "counters in use.\n"
        "Of all GPUs the best one decides, of a list the worst.\n"
        "With --selftest: 1 where a counter is off.");
    auto self = std::make_shared<SelftestOptions>();
    self->commandLine = commandLine;
    command->add_flag("--selftest", self->wanted,
                      "Hold the counters against arithmetic: copies, FMA chains, GEMMs");
    command->add_option("-o,--output", self->file, "Where the self-test is kept, default ridge.db")
        ->option_text("FILE")
        ->check(&refuseEmpty);
    command->callback([&chosen, options, self] {
        chosen = [options, self] {
            self->devices = options->devices;
            if (self->wanted) return selftest(*self, options->json);
            if (!self->file.empty())
                throw Error(ExitCode::usage, "doctor -o: only the self-test is kept", "add --selftest");
            return doctor(*options);
        };
    });
}

}  // namespace ridge::cli
