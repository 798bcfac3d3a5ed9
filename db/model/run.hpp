// SPDX-License-Identifier: Apache-2.0
// One collecting command: what was run, where, with which versions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ridge::db {

struct Run {
    std::string uuid;                   ///< random (version 4) when empty at Store::addRun
    std::string startedAt, finishedAt;  ///< UTC, ISO 8601 with Z
    std::string state = "running";      ///< running, finished, interrupted, failed
    std::string plan, host, job;
    std::optional<std::int64_t> rank, ranks;
    std::string driver, cuda, cupti, toolVersion;
    std::int64_t formulaVersion = 1;
    std::string clockLock;  ///< empty: clocks were left alone
    std::string command;
};

}  // namespace ridge::db
