// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/collect_run.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <future>

#include "collector/cli/clock_locks.hpp"
#include "collector/cli/command.hpp"
#include "collector/cli/device_run.hpp"
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
    db::Run run = newRun(planNames(job.works, ", "), options.commandLine);
    run.formulaVersion = job.formulaVersion;
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
        recordRun(options.file, run, interruption, [&](db::Store& store, std::int64_t id) {
            tally = supervisor::model(
                store, id, sheet, job.works, recorded,
                [&](const db::Point& point, const db::Device& device) { progress.point(point, device); });
        });
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
    return openedDevices(job.devices, needCounters, job.timeout,
                         fmt::format("model one instead: ridge collect {} --model \"NVIDIA A40\"\n  ",
                                     planNames(job.works, " ")));
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
    describe(run, assignments.front().bench.description);
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
        recordRun(options.file, run, interruption, [&](db::Store& store, std::int64_t id) {
            supervisor::Measuring measuring(
                store, id, recorded, job.timeout, interruption,
                [&](const db::Point& point, const db::Device& device) { progress.point(point, device); });
            tally = measureAll(measuring, assignments);
        });
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
