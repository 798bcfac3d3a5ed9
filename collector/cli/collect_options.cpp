// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/collect_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "collector/cli/clock_locks.hpp"
#include "collector/cli/device_run.hpp"
#include "collector/metrics/metric_set.hpp"
#include "collector/supervisor/modeling.hpp"
#include "db/catalog/devices.hpp"
#include "db/catalog/share.hpp"
#include "db/model/error.hpp"
#include "db/results.hpp"
#include "workloads/plan/modelling.hpp"

namespace ridge::cli {
namespace {

std::vector<std::string> parts(const std::string& text, char separator) {
    std::vector<std::string> result;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        result.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return result;
}

std::optional<std::size_t> index(const std::string& text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

supervisor::Shard parsedShard(const std::string& text) {
    if (text.empty()) return {};
    const std::vector<std::string> both = parts(text, '/');
    const auto part = both.size() == 2 ? index(both[0]) : std::nullopt;
    const auto count = both.size() == 2 ? index(both[1]) : std::nullopt;
    if (!part || !count || *part >= *count)
        throw Error(ExitCode::usage, fmt::format("--shard {}: not I/N with I from 0 to N-1", text),
                    "for example --shard 0/4 on the first of four machines");
    return {*part, *count};
}

void requireOneOf(const std::string& option, const std::string& value, const std::vector<std::string>& known,
                  const std::string& hint) {
    if (std::find(known.begin(), known.end(), value) != known.end()) return;
    std::string list;
    for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
    const auto close = catalog::nearest(value, known);
    throw Error(ExitCode::usage,
                fmt::format("{} {}: no such {}{}", option, value, option.substr(2),
                            close.empty() ? "" : "; did you mean " + close.front() + "?"),
                fmt::format("one of {}{}", list, hint));
}

void requireMetricSet(const std::string& nameOrPath) {
    if (nameOrPath.find('/') == std::string::npos && !nameOrPath.ends_with(".toml"))
        requireOneOf("--metrics", nameOrPath, metrics::setNames(), ", a file, or none for time alone");
    static_cast<void>(metrics::loadSet(nameOrPath));
}

void requireTimes(const CollectOptions& options) {
    if (!(options.timeoutS > 0) || options.timeoutS > 86400)
        throw Error(ExitCode::usage,
                    fmt::format("--timeout {}: not a time between 0 and 86400 s", options.timeoutS));
    if (!options.maxTimePerPointS) return;
    if (!(*options.maxTimePerPointS > 0))
        throw Error(ExitCode::usage,
                    fmt::format("--max-time-per-point {}: not a time above 0 s", *options.maxTimePerPointS));
    if (*options.maxTimePerPointS >= options.timeoutS)
        throw Error(ExitCode::usage,
                    fmt::format("--max-time-per-point {} is not below --timeout {}: every point would fail",
                                *options.maxTimePerPointS, options.timeoutS),
                    "the timeout is for workers that hang; leave it well above what a point may take");
}

/// Axes that only some of the plans have are replaced there; one that none has is an error.
void replaceAxes(std::vector<plan::Plan>& plans, const std::vector<std::string>& assignments) {
    for (const std::string& assignment : assignments) {
        std::optional<Error> refused;
        bool replaced = false;
        for (plan::Plan& plan : plans) {
            try {
                plan::replaceAxis(plan, assignment);
                replaced = true;
            } catch (const Error& error) {
                refused = error;
            }
        }
        if (!replaced) throw Error(*refused);
    }
}

protocol::Options pointOptions(const plan::Plan& plan, const CollectOptions& options) {
    protocol::Options result{plan.repetition, plan.metricSet, plan.cache};
    if (!options.metrics.empty()) result.metricSet = options.metrics;
    if (!options.cache.empty()) result.cache = options.cache;
    if (options.maxTimePerPointS) {
        result.repetition.maxTimeS = *options.maxTimePerPointS;
        result.repetition.minTimeS = std::min(result.repetition.minTimeS, *options.maxTimePerPointS);
    }
    return result;
}

std::vector<plan::Plan> loadedPlans(const CollectOptions& options) {
    if (options.plans.empty())
        throw Error(ExitCode::usage, "collect which plan?",
                    "for example ridge collect llama-13b; ridge list plans lists them");
    std::vector<plan::Plan> plans;
    for (const std::string& name : options.plans) {
        plans.push_back(plan::load(name));
        const auto same = [&](const plan::Plan& other) { return other.name == plans.back().name; };
        if (std::count_if(plans.begin(), plans.end(), same) > 1)
            throw Error(ExitCode::usage, fmt::format("plan '{}' is named twice", plans.back().name),
                        "name each plan once");
    }
    replaceAxes(plans, options.axes);
    return plans;
}

}  // namespace

std::vector<std::string> parsedDevices(const std::string& text) {
    if (text == "all") return {};
    std::vector<std::string> devices = parts(text.empty() ? "0" : text, ',');
    for (const std::string& device : devices) {
        if (!index(device) && device.rfind("GPU-", 0) != 0 && device.rfind("MIG-", 0) != 0)
            throw Error(
                ExitCode::usage, fmt::format("--device {}: '{}' is no GPU index and no UUID", text, device),
                "a list such as 0,1 or GPU-8f1e… (nvidia-smi -L), or all; to model a GPU: --model NAME");
    }
    for (auto device = devices.begin(); device != devices.end(); ++device) {
        if (std::find(devices.begin(), device, *device) != device)
            throw Error(ExitCode::usage, fmt::format("--device {}: '{}' twice", text, *device),
                        "name each GPU once");
    }
    return devices;
}

CollectJob checkedJob(const CollectOptions& options) {
    CollectJob job;
    if (!options.model.empty() && !options.devices.empty())
        throw Error(
            ExitCode::usage, "--model and --device exclude each other",
            "--model NAME computes points for a GPU that is not here, --device LIST measures on one that is");
    if (!options.model.empty() && !options.lockClocks.empty())
        throw Error(ExitCode::usage, "--model and --lock-clocks exclude each other",
                    "where nothing runs, no clock is held");
    if (!options.metrics.empty() && options.metrics != "none") requireMetricSet(options.metrics);
    if (!options.cache.empty()) requireOneOf("--cache", options.cache, {"cold", "warm", "rotate"}, "");
    if (!options.only.empty()) db::requireValidExpression(options.only);
    requireTimes(options);
    job.shard = parsedShard(options.shard);
    job.devices = parsedDevices(options.devices);
    job.lockClocks = !options.lockClocks.empty();
    job.clockMhz = parsedClock(options.lockClocks);
    job.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(options.timeoutS * 1000));
    if (!options.model.empty()) job.model = catalog::device(options.model);

    for (plan::Plan& plan : loadedPlans(options)) {
        supervisor::PlannedWork work;
        work.options = pointOptions(plan, options);
        work.points = plan::expand(plan);
        if (job.model)
            work.points = plan::forModelling(std::move(work.points));
        else if (work.options.metricSet != "none") {
            const metrics::MetricSet set = metrics::loadSet(work.options.metricSet);
            job.formulaVersion = std::max<std::int64_t>(job.formulaVersion, set.formulaVersion);
            work.metricSet = set.recordedAs;
        }
        work.selected.assign(work.points.size(), true);
        work.plan = std::move(plan);
        job.works.push_back(std::move(work));
    }
    if (job.model) supervisor::requireModelable(*job.model, job.works);
    return job;
}

void select(std::vector<supervisor::PlannedWork>& works, const CollectOptions& options,
            const supervisor::Shard& shard, const db::Device& device, db::Provenance provenance) {
    std::size_t left = 0;
    for (supervisor::PlannedWork& work : works) {
        if (!options.only.empty()) supervisor::selectOnly(work, options.only, device, provenance);
        if (shard.count > 1) supervisor::selectShard(work, shard);
        left += supervisor::selectedCount(work);
    }
    if (left > 0) return;
    if (shard.count > 1)
        throw Error(ExitCode::failed,
                    fmt::format("--shard {} holds no point: there are fewer than {} parts", options.shard,
                                shard.count),
                    "see ridge collect … --dry-run without --shard");
    throw Error(ExitCode::failed, fmt::format("no planned point matches --only \"{}\"", options.only),
                "see ridge collect … --dry-run without --only");
}

}  // namespace ridge::cli
