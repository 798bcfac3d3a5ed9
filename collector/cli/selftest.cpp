// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/selftest.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "collector/cli/command.hpp"
#include "collector/cli/device_run.hpp"
#include "collector/cli/output.hpp"
#include "collector/cli/shell_text.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/cli/units.hpp"
#include "collector/supervisor/ceiling_run.hpp"

namespace ridge::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds patience{180};

struct Check {
    std::string name, verdict, text;  ///< ok, off, skipped, failed
    std::string flags = {};           ///< of throttled, shared_device
};

/// Those of a point's flags that say the GPU was disturbed; the others are of the closed form.
std::string disturbances(const std::string& flags) {
    std::string found;
    for (const char* flag : {"throttled", "shared_device"}) {
        if (("," + flags + ",").find(fmt::format(",{},", flag)) != std::string::npos)
            found += fmt::format("{}{}", found.empty() ? "" : ",", flag);
    }
    return found;
}

Check checkOf(const std::string& name, const db::Record& record) {
    if (record.point.status != db::Status::ok)
        return {name, std::string(db::toText(record.point.status)), record.point.statusReason};
    const json params = json::parse(record.point.params, nullptr, false);
    const bool agrees = params.is_object() && params.value("verdict", "off") == "ok";
    return {name, agrees ? "ok" : "off",
            params.is_object() ? params.value("text", std::string()) : std::string(),
            disturbances(record.point.flags)};
}

bool isBad(const Check& check) {
    return check.verdict == "off" || check.verdict == "failed";
}

void printCheck(const Check& check) {
    const bool color = wantsColor(STDOUT_FILENO);
    const char* mark = check.verdict == "ok" ? "ok" : isBad(check) ? "!!" : "--";
    const char* paint = check.verdict == "ok" ? "\033[32m" : isBad(check) ? "\033[31m" : "";
    print(fmt::format("{}{}{}  {:<10}  {}{}{}\n", color ? paint : "", mark, color ? "\033[0m" : "",
                      check.name, check.verdict == "failed" ? "failed: " : "", check.text,
                      check.flags.empty() ? "" : fmt::format("  ({})", check.flags)));
    std::fflush(stdout);
}

/// What came of one GPU's checks.
struct DeviceChecks {
    db::Device device;
    std::vector<Check> checks;
};

bool agrees(const DeviceChecks& tested) {
    return std::none_of(tested.checks.begin(), tested.checks.end(), isBad);
}

bool allAgree(const std::vector<DeviceChecks>& tested) {
    return std::all_of(tested.begin(), tested.end(), agrees);
}

void printJson(const std::vector<DeviceChecks>& tested, const std::string& file) {
    json devices = json::array();
    for (const DeviceChecks& one : tested) {
        json checks = json::array();
        for (const Check& check : one.checks) {
            checks.push_back({{"form", check.name}, {"verdict", check.verdict}, {"text", check.text}});
            if (!check.flags.empty()) checks.back()["flags"] = check.flags;
        }
        devices.push_back({{"device", one.device.name},
                           {"uuid", one.device.uuid},
                           {"agrees", agrees(one)},
                           {"checks", checks}});
    }
    const json object{{"agrees", allAgree(tested)}, {"devices", devices}, {"file", file}};
    print(object.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

std::size_t countOf(const std::vector<Check>& checks, const char* verdict) {
    return static_cast<std::size_t>(std::count_if(
        checks.begin(), checks.end(), [verdict](const Check& check) { return check.verdict == verdict; }));
}

std::string sentence(const std::vector<Check>& checks, const std::string& device, const std::string& file) {
    const std::string see = "ridge show " + shellText(file) + " --where \"plan = 'selftest'\"";
    const std::size_t off = countOf(checks, "off");
    const std::size_t failed = countOf(checks, "failed");
    if (off > 0)
        return fmt::format("The counters of {} contradict arithmetic in {}: do not rely on them; {}", device,
                           counted(off, "check"), see);
    if (failed > 0)
        return fmt::format("{} could not be made on {}; {}", counted(failed, "check"), device, see);
    return fmt::format("The counters of {} agree with arithmetic: {}", device, see);
}

void noteDisturbed(const std::vector<Check>& checks) {
    std::string names;
    for (const Check& check : checks) {
        if (!check.flags.empty()) names += (names.empty() ? "" : ", ") + check.name;
    }
    if (!names.empty())
        note("checked on a GPU that throttled or was not alone: " + names,
             "DRAM counters see all of a GPU: end what else uses it before you believe a difference");
}

/// Keeps and, unless `quiet`, prints every check as it is made.
DeviceChecks testDevice(supervisor::Bench& bench, db::Store& store, std::int64_t run,
                        const supervisor::Interruption& interruption, bool quiet) {
    DeviceChecks tested{bench.description.device, {}};
    const std::int64_t deviceId = store.addDevice(tested.device, bench.ceilings);
    supervisor::runSelfCheck(bench, patience, interruption,
                             [&](const std::string& name, const db::Record& record) {
                                 store.addPoint(run, deviceId, record);
                                 tested.checks.push_back(checkOf(name, record));
                                 if (!quiet) printCheck(tested.checks.back());
                             });
    noteDisturbed(tested.checks);
    return tested;
}

}  // namespace

int selftest(const SelftestOptions& options, bool json) {
    const std::vector<std::string> devices = parsedDevices(options.devices);
    const std::string file = options.file.empty() ? "ridge.db" : options.file;
    db::Store::requireWritable(file);
    std::vector<supervisor::Bench> benches = openedDevices(devices, true, patience);
    const supervisor::Interruption interruption;
    std::vector<DeviceChecks> tested;
    const auto all = [&](db::Store& store, std::int64_t run) {
        for (supervisor::Bench& bench : benches) {
            if (interruption.signal() != 0) break;
            const db::Device& device = bench.description.device;
            if (!json && benches.size() > 1) print(device.name + " " + device.uuid + "\n");
            tested.push_back(testDevice(bench, store, run, interruption, json));
            if (!json && interruption.signal() == 0)
                print(sentence(tested.back().checks, device.name, file) + "\n");
        }
    };
    db::Run run = newRun("selftest", options.commandLine);
    describe(run, benches.front().description);
    recordRun(file, run, interruption, all);
    if (json) printJson(tested, file);
    if (interruption.signal() != 0) {
        std::size_t made = 0;
        for (const DeviceChecks& one : tested) made += one.checks.size();
        fmt::print(stderr, "interrupted after {}: {}\n", counted(made, "check"), file);
        return 128 + interruption.signal();
    }
    return status(allAgree(tested) ? ExitCode::done : ExitCode::failed);
}

}  // namespace ridge::cli
