// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/bench.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "db/catalog/devices.hpp"

namespace ridge::supervisor {
namespace {

/// What CUDA_VISIBLE_DEVICES must be for the worker to see this device alone; empty when it is not there.
std::string visibleDevice(const std::string& device) {
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    const bool isIndex = device.find_first_not_of("0123456789") == std::string::npos;
    if (visible == nullptr || !isIndex) return device;
    std::string list = visible;
    for (std::size_t skipped = std::stoul(device); skipped > 0; --skipped) {
        const auto comma = list.find(',');
        if (comma == std::string::npos) return {};
        list.erase(0, comma + 1);
    }
    return list.substr(0, list.find(','));
}

std::map<std::string, std::string> environmentFor(const std::string& visible) {
    std::map<std::string, std::string> environment = numberedAsNvidiaSmi();
    environment["CUDA_VISIBLE_DEVICES"] = visible;
    return environment;
}

/// What remains possible, unless the remedy says so itself.
std::string timeAlone(const std::string& remedy) {
    if (remedy.find("--metrics none") != std::string::npos) return {};
    return std::string(remedy.empty() ? "" : "; ") + "'ridge collect --metrics none' measures time alone";
}

void requireCounters(WorkerProcess& worker, std::chrono::milliseconds timeout) {
    for (const protocol::Finding& finding :
         protocol::decodePreflight(reply(worker, R"({"request":"preflight"})", timeout)).findings) {
        // What stops everything was said by `describe` before.
        if (finding.stops == ExitCode::notPermitted || finding.stops == ExitCode::failed)
            throw Error(finding.stops, finding.text, finding.remedy + timeAlone(finding.remedy));
    }
}

Bench openBench(const std::string& device, bool needCounters, std::chrono::milliseconds timeout) {
    const std::string visible = visibleDevice(device);
    if (visible.empty())
        throw Error(ExitCode::noGpu,
                    fmt::format("GPU {} is not among those of CUDA_VISIBLE_DEVICES", device));
    Bench bench{WorkerProcess(requireWorker(ExitCode::noGpu).program(), environmentFor(visible)), {}, {}};
    bench.description = protocol::decodeDescribe(reply(bench.worker, R"({"request":"describe"})", timeout));
    if (const auto sheet = catalog::deviceByDriverName(bench.description.device.name))
        bench.ceilings = sheet->ceilings;
    if (needCounters) requireCounters(bench.worker, timeout);
    return bench;
}

/// Two workers on one GPU would measure each other's work.
void requireAnother(const std::vector<Bench>& benches, const Bench& bench) {
    const std::string& uuid = bench.description.device.uuid;
    const bool isKnown = std::any_of(benches.begin(), benches.end(), [&](const Bench& other) {
        return !uuid.empty() && other.description.device.uuid == uuid;
    });
    if (isKnown)
        throw Error(ExitCode::usage, fmt::format("{} is named twice", uuid),
                    "name each GPU once, in --device and in CUDA_VISIBLE_DEVICES");
}

}  // namespace

WorkerProcess requireWorker(ExitCode code) {
    if (auto program = findWorker()) return WorkerProcess(std::move(*program));
    if (const char* named = std::getenv("RIDGE_WORKER"); named != nullptr && *named != '\0')
        throw Error(code, fmt::format("RIDGE_WORKER names '{}', which is not a program", named),
                    "unset it, or set it to the ridge-worker of this build");
    throw Error(code, "this build has no ridge-worker, the program that talks to the GPU",
                "build it where a CUDA toolkit 13 is: cmake -S . -B build/release -DRIDGE_CUDA=ON (share/run "
                "installs one)");
}

std::map<std::string, std::string> numberedAsNvidiaSmi() {
    if (std::getenv("CUDA_VISIBLE_DEVICES") != nullptr || std::getenv("CUDA_DEVICE_ORDER") != nullptr)
        return {};
    return {{"CUDA_DEVICE_ORDER", "PCI_BUS_ID"}};
}

std::string reply(WorkerProcess& worker, const std::string& request, std::chrono::milliseconds timeout) {
    Answer answer = worker.ask(request, timeout);
    if (answer.kind == Answer::Kind::reply) return std::move(answer.text);
    throw Error(ExitCode::failed, "ridge-worker " + answer.text,
                "what it wrote is above, if anything; `ridge doctor` looks into it");
}

std::vector<Bench> openBenches(const std::vector<std::string>& devices, bool needCounters,
                               std::chrono::milliseconds timeout) {
    std::vector<Bench> benches;
    benches.reserve(devices.size());
    const auto open = [&](const std::string& device) {
        Bench bench = openBench(device, needCounters, timeout);
        requireAnother(benches, bench);
        benches.push_back(std::move(bench));
    };
    for (const std::string& device : devices) open(device);
    while (devices.empty()) {
        try {
            open(std::to_string(benches.size()));
        } catch (const Error& error) {
            if (error.code() == ExitCode::noGpu && !benches.empty()) break;  // the one after the last
            throw;
        }
    }
    return benches;
}

}  // namespace ridge::supervisor
