// SPDX-License-Identifier: Apache-2.0
// What `ridge collect` was asked for, checked as far as it can be without a file or a GPU.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "collector/supervisor/selection.hpp"
#include "db/model/device.hpp"

namespace ridge::cli {

/// As typed.
struct CollectOptions {
    std::vector<std::string> plans, axes;
    std::string file = "ridge.db", devices, model, only, metrics, cache, shard,
                lockClocks;  ///< empty: no; "true": the data sheet's; or MHz
    double timeoutS = 120;
    std::optional<double> maxTimePerPointS;
    bool resume = false, partialOk = false, dryRun = false, json = false;
    std::string commandLine;
};

/// As meant.
struct CollectJob {
    std::vector<supervisor::PlannedWork> works;
    std::optional<db::DeviceSheet> model;  ///< nullopt: measure
    std::vector<std::string> devices;      ///< indexes or uuids; empty: all
    supervisor::Shard shard;
    std::chrono::milliseconds timeout{};
    bool lockClocks = false;
    std::optional<double> clockMhz;  ///< as named; nullopt: the data sheet's, or near
    std::int64_t formulaVersion = 1;
};

/// Throws ridge::Error (usage) for whatever does not name, parse or fit.
[[nodiscard]] CollectJob checkedJob(const CollectOptions& options);

/// Applies --only for `device`, then --shard. Throws ridge::Error (failed) when nothing is left.
void select(std::vector<supervisor::PlannedWork>& works, const CollectOptions& options,
            const supervisor::Shard& shard, const db::Device& device, db::Provenance provenance);

}  // namespace ridge::cli
