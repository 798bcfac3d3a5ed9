// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/checkup.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "collector/supervisor/bench.hpp"

namespace ridge::supervisor {
namespace {

using doctor::Finding;

/// From what stops everything to what stops nothing.
constexpr std::array<ExitCode, 4> worstFirst{ExitCode::noGpu, ExitCode::failed, ExitCode::notPermitted,
                                             ExitCode::done};

bool isSame(const Finding& a, const Finding& b) {
    return a.name == b.name && a.state == b.state && a.text == b.text && a.remedy == b.remedy &&
           a.stops == b.stops;
}

bool isIndex(const std::string& gpu) {
    return gpu.find_first_not_of("0123456789") == std::string::npos;
}

/// Throws ridge::Error that names who answered what is none.
protocol::Preflight findingsIn(const std::string& answer, const WorkerProcess& worker) {
    try {
        return protocol::decodePreflight(answer);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", worker.program().string(), error.what()),
                    error.hint());
    }
}

/// `gpus` becomes how many the worker sees; nullopt when it did not live to tell.
Checkup look(WorkerProcess& worker, const std::string& gpu, int ordinal, std::chrono::milliseconds timeout,
             std::optional<int>& gpus) {
    gpus.reset();
    const std::string uuid = isIndex(gpu) ? std::string() : gpu;
    const Answer answer = worker.ask(protocol::encodePreflightOf(ordinal, uuid), timeout);
    if (answer.kind != Answer::Kind::reply) {
        return {gpu,
                {doctor::bad(
                    "worker", ExitCode::noGpu,
                    fmt::format("{} {} while it looked at the GPU", worker.program().string(), answer.text),
                    "what it wrote is above, if anything; look for NVRM and Xid lines in 'dmesg'")}};
    }
    protocol::Preflight found = findingsIn(answer.text, worker);
    gpus = found.gpus;
    found.findings.insert(found.findings.begin(), doctor::good("worker", worker.program().string()));
    return {gpu, std::move(found.findings)};
}

std::vector<Checkup> lookAtAll(std::chrono::milliseconds timeout) {
    WorkerProcess worker(requireWorker(ExitCode::noGpu).program(), numberedAsNvidiaSmi());
    std::vector<Checkup> checkups;
    int count = 1;
    for (int ordinal = 0; ordinal < count; ++ordinal) {
        std::optional<int> gpus;
        Checkup checkup = look(worker, std::to_string(ordinal), ordinal, timeout, gpus);
        // Where the first look kills the worker, the second tells whether there is a second GPU.
        if (gpus || ordinal == 0) count = gpus.value_or(2);
        if (ordinal == 0 || !gpus || ordinal < *gpus) checkups.push_back(std::move(checkup));
    }
    return checkups;
}

std::vector<Checkup> lookAt(const std::vector<std::string>& devices, std::chrono::milliseconds timeout) {
    std::vector<Checkup> checkups;
    WorkerProcess worker(requireWorker(ExitCode::noGpu).program(), numberedAsNvidiaSmi());
    for (const std::string& device : devices) {
        std::optional<int> ignored;
        if (isIndex(device)) {
            int ordinal = std::numeric_limits<int>::max();  // what no int holds is no GPU either
            std::from_chars(device.data(), device.data() + device.size(), ordinal);
            checkups.push_back(look(worker, device, ordinal, timeout, ignored));
        } else {  // a UUID, also of an instance of a partitioned GPU
            WorkerProcess own(worker.program(), {{"CUDA_VISIBLE_DEVICES", device}});
            checkups.push_back(look(own, device, 0, timeout, ignored));
        }
    }
    return checkups;
}

/// The finding, or nullptr.
const Finding* named(const Checkup& checkup, const std::string& name) {
    const auto found = std::find_if(checkup.findings.begin(), checkup.findings.end(),
                                    [&](const Finding& finding) { return finding.name == name; });
    return found == checkup.findings.end() ? nullptr : &*found;
}

std::vector<std::string> namesOf(const std::vector<Checkup>& checkups) {
    std::vector<std::string> names;
    for (const Checkup& checkup : checkups) {
        for (const Finding& finding : checkup.findings) {
            if (std::find(names.begin(), names.end(), finding.name) == names.end())
                names.push_back(finding.name);
        }
    }
    return names;
}

}  // namespace

std::vector<Checkup> checkUp(const std::vector<std::string>& devices, std::chrono::milliseconds timeout) {
    try {
        return devices.empty() ? lookAtAll(timeout) : lookAt(devices, timeout);
    } catch (const Error& error) {
        return {{devices.empty() ? "0" : devices.front(),
                 {doctor::bad("worker", ExitCode::noGpu, error.what(), error.hint())}}};
    }
}

std::vector<SharedFinding> shared(const std::vector<Checkup>& checkups) {
    std::vector<SharedFinding> all;
    for (const std::string& name : namesOf(checkups)) {
        const std::size_t first = all.size();
        for (const Checkup& checkup : checkups) {
            const Finding* finding = named(checkup, name);
            if (finding == nullptr) continue;
            const auto same =
                std::find_if(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                             [&](const SharedFinding& other) { return isSame(other.finding, *finding); });
            if (same == all.end())
                all.push_back({*finding, {checkup.gpu}});
            else
                same->gpus.push_back(checkup.gpu);
        }
        if (all[first].gpus.size() == checkups.size()) all[first].gpus.clear();
    }
    return all;
}

ExitCode verdict(const Checkup& checkup) {
    for (const ExitCode code : worstFirst) {
        if (std::any_of(checkup.findings.begin(), checkup.findings.end(),
                        [code](const Finding& finding) { return finding.stops == code; }))
            return code;
    }
    return ExitCode::done;
}

Able mostAble(const std::vector<Checkup>& checkups) {
    Able able;
    for (const ExitCode code : worstFirst) {
        Able next{code, {}};
        for (const Checkup& checkup : checkups) {
            if (verdict(checkup) == code) next.gpus.push_back(checkup.gpu);
        }
        if (!next.gpus.empty()) able = std::move(next);
    }
    return able;
}

}  // namespace ridge::supervisor
