// SPDX-License-Identifier: Apache-2.0
// A CUPTI and a CUDA driver in memory: scripted results, a log of the calls, checks of what a caller must
// keep.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"
#include "collector/cupti/driver.hpp"

namespace ridge::test {

/// One call that goes wrong once: the `occurrence`-th of its name, counted from 1.
struct Fault {
    std::string call;
    std::size_t occurrence = 1;
    CUptiResult result = CUPTI_ERROR_UNKNOWN;
};

/// The error codes that CUPTI's documentation and machines in the field give, and one that nobody has named
/// yet.
[[nodiscard]] const std::vector<CUptiResult>& knownErrors();

/// What the fake does. One at a time: CUPTI's functions carry no state of their own.
struct FakeCupti {
    std::map<std::string, CUptiResult> failing;  ///< call ("SetConfig") -> its result
    std::optional<Fault> fault;
    std::map<std::string, CUresult> failingDriver, failingDriverOnce;
    int devices = 1;
    CUpti_Profiler_DeviceSupported_Params supported{};  ///< support levels that DeviceSupported reports

    std::set<std::string> unknownMetrics;
    std::size_t passes = 3;        ///< what the plan says
    std::size_t passesNeeded = 3;  ///< what Stop says; 0: never all submitted
    std::size_t dropped = 0, ranges = 1;
    std::map<std::string, double> values;  ///< 1 for metrics that are not named
    std::size_t metricsPerPass = 0;        ///< 0: `passes` whatever is asked for
    std::vector<std::string> baseMetrics;  ///< the chip's counters
    std::map<std::string, bool> hooks;     ///< "domain/call" -> enabled

    std::vector<std::string>
        calls;  ///< in order, by CUPTI's name without "cupti", "Profiler", "RangeProfiler"
    std::vector<std::string> broken;  ///< rules of CUPTI's that the caller broke
    CUcontext current = nullptr;
    std::size_t stops = 0;  ///< since the last SetConfig
    CUcontext enabledContext = nullptr;
    std::size_t rangesAskedFor = 0;    ///< of the counter data image
    bool kernelReplay = false;         ///< as configured: one Stop submits all passes
    const char* pushedName = nullptr;  ///< as it was given: CUPTI may read it until PopRange
    bool enabled = false, started = false, pushed = false, initialized = false, retained = false;
    int hosts = 0;                  ///< host objects alive
    cupti::ProfilerState profiler;  ///< each fake is a process of its own

    FakeCupti();
    FakeCupti(const FakeCupti&) = delete;
    FakeCupti& operator=(const FakeCupti&) = delete;
    ~FakeCupti();

    [[nodiscard]] std::size_t count(const std::string& call) const;
    /// Nothing is left enabled, started, pushed, retained or alive.
    [[nodiscard]] bool isClean() const;

    [[nodiscard]] static const cupti::Api& api();
    [[nodiscard]] static const cupti::Driver& driver();
    /// The handles of the fake's contexts; a session may be on any of them.
    [[nodiscard]] static CUcontext primary();
    [[nodiscard]] static CUcontext second();

 private:
    [[nodiscard]] static cupti::Api& table();
};

}  // namespace ridge::test
