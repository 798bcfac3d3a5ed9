// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/device_run.hpp"

#include <unistd.h>

#include <array>
#include <utility>

#include "db/model/error.hpp"

namespace ridge::cli {

std::vector<supervisor::Bench> openedDevices(const std::vector<std::string>& devices, bool needCounters,
                                             std::chrono::milliseconds timeout, const std::string& instead) {
    try {
        return supervisor::openBenches(devices, needCounters, timeout);
    } catch (const Error& error) {
        // Only a plan has something to do without counters, and that is the worker's own hint.
        if (error.code() == ExitCode::notPermitted && instead.empty())
            throw Error(error.code(), error.what(), "what lifts it: ridge doctor");
        if (error.code() != ExitCode::noGpu) throw;
        const std::string why = error.what();
        const std::string prefix = "no usable GPU";
        throw Error(ExitCode::noGpu, why.starts_with(prefix) ? why : prefix + ": " + why,
                    instead + "what stops this machine: ridge doctor");
    }
}

db::Run newRun(std::string plan, std::string commandLine) {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    db::Run run;
    run.plan = std::move(plan);
    run.host = host.data();
    run.toolVersion = RIDGE_VERSION;
    run.command = std::move(commandLine);
    return run;
}

void describe(db::Run& run, const protocol::DescribeReply& described) {
    run.driver = described.driver;
    run.cuda = described.cuda;
    run.cupti = described.cupti;
}

void recordRun(const std::string& file, const db::Run& run, const supervisor::Interruption& interruption,
               const std::function<void(db::Store&, std::int64_t run)>& work) {
    db::Store store = db::Store::openForAppending(file);
    const std::int64_t id = store.addRun(run);
    try {
        work(store, id);
        store.finishRun(id, interruption.signal() != 0 ? "interrupted" : "finished");
    } catch (...) {
        try {
            store.finishRun(id, "failed");
        } catch (const Error&) {  // the same full disk, most likely: the first reason is the one to tell
        }
        throw;
    }
    store.close();
}

}  // namespace ridge::cli
