// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/collect_run.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <future>

#include "collector/cli/clock_locks.hpp"
#include "collector/cli/command.hpp"
#include "collector/cli/progress.hpp"
#include "collector/supervisor/bench.hpp"
#include "collector/supervisor/interruption.hpp"
#include "collector/supervisor/measuring.hpp"
#include "collector/supervisor/modeling.hpp"
#include "collector/supervisor/recorded.hpp"
#include "db/results.hpp"
#include "db/store.hpp"

namespace ridge::cli {
namespace {

using supervisor::PlannedWork;
using supervisor::Tally;
using Works = std::vector<PlannedWork>;

std::string planNames(const Works& works, const char* separator) {
    std::string names;
    for (const PlannedWork& work : works) names += (names.empty() ? "" : separator) + work.plan.name;
    return names;
}

db::Run runOf(const CollectJob& job, const CollectOptions& options) {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    db::Run run;
    run.plan = planNames(job.works, ", ");
    run.host = host.data();
    run.toolVersion = RIDGE_VERSION;
    run.formulaVersion = job.formulaVersion;
    run.command = options.commandLine;
    return run;
}

supervisor::Recorded recordedIn(const CollectOptions& options, const db::Run& run) {
    if (!options.resume || db::Store::isNew(options.file)) return {};
    return {db::Results::open(options.file), run};
}

int exitCode(const Tally& tally, const CollectOptions& options, int signal) {
    if (signal != 0) return 128 + signal;
    return status(tally.failed > 0 && !options.partialOk ? ExitCode::somePointsFailed : ExitCode::done);
}

/// Adds the run, lets `work` fill it and leaves it in a state that says how it ended.
template <class Work>
Tally recordRun(db::Store& store, const db::Run& run, const supervisor::Interruption& interruption,
                Work work) {
    const std::int64_t id = store.addRun(run);
    try {
        const Tally tally = work(id);
        store.finishRun(id, interruption.signal() != 0 ? "interrupted" : "finished");
        return tally;
    } catch (...) {
        try {
            store.finishRun(id, "failed");
        } catch (const Error&) {  // the same full disk, most likely: the first reason is the one to tell
        }
        throw;
    }
}

int conclude(const Works& works, const CollectOptions& options, Progress& progress, const Tally& tally,
             const std::string& devices, int signal) {
    const double seconds = progress.seconds();
    progress.done(signal != 0 ? "interrupted" : "finished", tally, options.file);
    summarize(works, options, tally, devices, seconds, signal != 0);
    return exitCode(tally, options, signal);
}

int modelPlans(CollectJob job, const CollectOptions& options) {
    const db::DeviceSheet& sheet = *job.model;
    select(job.works, options, job.shard, sheet.device, db::Provenance::modeled);
    const db::Run run = runOf(job, options);
    const supervisor::Recorded recorded = recordedIn(options, run);
    std::size_t total = 0;
    std::size_t left = 0;
    for (const PlannedWork& work : job.works) {
        total += supervisor::selectedCount(work);
        left += recorded.countLeft(work, sheet.device, db::Provenance::modeled);
    }
    Progress progress(left, Progress::Detail::quiet, options.json);
    progress.plan(planNames(job.works, ", "), left, sheet.device, options.file);
    Tally tally;
    tally.kept = total;
    const supervisor::Interruption interruption;
    if (left > 0) {
        db::Store store = db::Store::openForAppending(options.file);
        tally = recordRun(store, run, interruption, [&](std::int64_t id) {
            return supervisor::model(
                store, id, sheet, job.works, recorded,
                [&](const db::Point& point, const db::Device& device) { progress.point(point, device); });
        });
        store.close();
    } else {
        db::Store::repair(options.file);
    }
    return conclude(job.works, options, progress, tally, sheet.device.name, interruption.signal());
}

/// One device's share of a measuring run.
struct Assignment {
    supervisor::Bench bench;
    Works works;
};

std::vector<supervisor::Bench> openedBenches(const CollectJob& job) {
    const bool needCounters = std::any_of(job.works.begin(), job.works.end(), [](const PlannedWork& work) {
        return work.options.metricSet != "none";
    });
    try {
        return supervisor::openBenches(job.devices, needCounters, job.timeout);
    } catch (const Error& error) {
        if (error.code() != ExitCode::noGpu) throw;
        const std::string why = error.what();
        const std::string prefix = "no usable GPU";
        throw Error(ExitCode::noGpu, why.rfind(prefix, 0) == 0 ? why : prefix + ": " + why,
                    fmt::format("model one instead: ridge collect {} --model \"NVIDIA A40\"\n"
                                "  what stops this machine: ridge doctor",
                                planNames(job.works, " ")));
    }
}

Tally measureAll(supervisor::Measuring& measuring, std::vector<Assignment>& assignments) {
    std::vector<std::future<Tally>> futures;
    futures.reserve(assignments.size());
    for (Assignment& assignment : assignments) {
        futures.push_back(std::async(std::launch::async, [&measuring, &assignment] {
            return measuring.measure(assignment.bench, assignment.works);
        }));
    }
    Tally sum;
    for (auto& future : futures) {
        const Tally tally = future.get();
        sum.ok += tally.ok;
        sum.skipped += tally.skipped;
        sum.failed += tally.failed;
        sum.kept += tally.kept;
    }
    return sum;
}

int measurePlans(const CollectJob& job, const CollectOptions& options) {
    std::vector<Assignment> assignments;
    std::string devices;
    for (supervisor::Bench& bench : openedBenches(job)) {
        devices += (devices.empty() ? "" : ", ") + bench.description.device.name;
        assignments.push_back({std::move(bench), job.works});
        select(assignments.back().works, options, job.shard, assignments.back().bench.description.device,
               db::Provenance::measured);
    }
    db::Run run = runOf(job, options);
    const protocol::DescribeReply& described = assignments.front().bench.description;
    run.driver = described.driver;
    run.cuda = described.cuda;
    run.cupti = described.cupti;
    ClockLocks locks;
    if (job.lockClocks) {
        for (const Assignment& assignment : assignments)
            locks.add(assignment.bench, job.clockMhz, job.timeout);
        run.clockLock = locks.text();
    }
    const supervisor::Recorded recorded = recordedIn(options, run);
    std::size_t total = 0;
    std::size_t left = 0;
    for (const Assignment& assignment : assignments) {
        for (const PlannedWork& work : assignment.works) {
            total += supervisor::selectedCount(work);
            left += recorded.countLeft(work, assignment.bench.description.device, db::Provenance::measured);
        }
    }
    Progress progress(left, Progress::Detail::eachPoint, options.json);
    for (const Assignment& assignment : assignments)
        progress.plan(planNames(job.works, ", "), left, assignment.bench.description.device, options.file);
    Tally tally;
    tally.kept = total;
    const supervisor::Interruption interruption;
    if (left > 0) {
        db::Store store = db::Store::openForAppending(options.file);
        tally = recordRun(store, run, interruption, [&](std::int64_t id) {
            supervisor::Measuring measuring(
                store, id, recorded, job.timeout, interruption,
                [&](const db::Point& point, const db::Device& device) { progress.point(point, device); });
            return measureAll(measuring, assignments);
        });
        store.close();
    } else {
        db::Store::repair(options.file);
    }
    return conclude(job.works, options, progress, tally, devices, interruption.signal());
}

}  // namespace

int collect(const CollectOptions& options) {
    CollectJob job = checkedJob(options);
    if (options.dryRun) {
        db::Device device;
        device.name = "(any)";
        if (job.model) device = job.model->device;
        select(job.works, options, job.shard, device,
               job.model ? db::Provenance::modeled : db::Provenance::measured);
        printPlanned(job.works, device, options.json);
        return status(ExitCode::done);
    }
    db::Store::requireWritable(options.file);
    return job.model ? modelPlans(std::move(job), options) : measurePlans(job, options);
}

}  // namespace ridge::cli
