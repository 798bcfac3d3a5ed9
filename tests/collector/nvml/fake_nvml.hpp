// SPDX-License-Identifier: Apache-2.0
// A table of NVML functions over one made-up GPU, any of which can be told to fail.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "collector/nvml/api.hpp"

namespace ridge::test {

/// One may exist at a time.
struct FakeNvml {
    FakeNvml();
    ~FakeNvml();
    FakeNvml(const FakeNvml&) = delete;
    FakeNvml& operator=(const FakeNvml&) = delete;

    nvml::Api api;
    std::map<std::string, nvml::Status> failing;  ///< by name of the table's member; "all": every device call
    std::vector<std::string> calls;

    std::string uuid = "GPU-fake", pciBusId = "0000:3b:00.0";
    unsigned int smClockMHz = 1410, memoryClockMHz = 1215, temperatureC = 55, powerMw = 251500;
    unsigned long long clockEvents = 0, energyMj = 1'234'567;
    std::vector<nvml::ProcessInfo> compute, graphics;
    int displayActive = 0;
    std::vector<unsigned int> memoryClocks{1593, 405}, smClocks{1980, 1410, 1305, 1200, 210};
    unsigned int lockedMhz = 0;  ///< 0: free
    int opened = 0;              ///< init less shutdown
};

}  // namespace ridge::test
