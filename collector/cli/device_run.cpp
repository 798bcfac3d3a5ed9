// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/device_run.hpp"

#include <unistd.h>

#include <array>

#include "db/model/error.hpp"

namespace ridge::cli {

std::vector<supervisor::Bench> openedDevices(const std::vector<std::string>& devices, bool needCounters,
                                             std::chrono::milliseconds timeout) {
    try {
        return supervisor::openBenches(devices, needCounters, timeout);
    } catch (const Error& error) {
        if (error.code() == ExitCode::notPermitted)
            throw Error(error.code(), error.what(), "what lifts it: ridge doctor");
        if (error.code() != ExitCode::noGpu) throw;
        const std::string why = error.what();
        const std::string prefix = "no usable GPU";
        throw Error(ExitCode::noGpu, why.starts_with(prefix) ? why : prefix + ": " + why,
                    "what stops this machine: ridge doctor");
    }
}

void recordDeviceRun(const std::string& file, const std::string& plan, const std::string& commandLine,
                     const protocol::DescribeReply& described, const supervisor::Interruption& interruption,
                     const std::function<void(db::Store&, std::int64_t run)>& work) {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    db::Run run;
    run.plan = plan;
    run.host = host.data();
    run.driver = described.driver;
    run.cuda = described.cuda;
    run.cupti = described.cupti;
    run.toolVersion = RIDGE_VERSION;
    run.command = commandLine;
    db::Store store = db::Store::openForAppending(file);
    const std::int64_t id = store.addRun(run);
    try {
        work(store, id);
        store.finishRun(id, interruption.signal() != 0 ? "interrupted" : "finished");
    } catch (...) {
        store.finishRun(id, "failed");
        throw;
    }
    store.close();
}

}  // namespace ridge::cli
