// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "collector/doctor/container.hpp"
#include "collector/doctor/counter_findings.hpp"
#include "collector/doctor/driver_findings.hpp"
#include "collector/doctor/gpu_findings.hpp"

namespace ridge::doctor {

bool concernsPermission(const LibraryFacts& libraries) {
    return libraries.sessionError && libraries.sessionError->code() == ExitCode::notPermitted;
}

bool concernsHolders(const LibraryFacts& libraries) {
    return libraries.sessionResult == CUPTI_ERROR_HARDWARE_BUSY ||
           libraries.sessionResult == CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED;
}

std::vector<Finding> findings(const MachineFacts& machine, const LibraryFacts& libraries) {
    std::vector<Finding> all{driverFinding(machine, libraries),
                             deviceFinding(machine, libraries),
                             cuptiFinding(libraries),
                             permissionFinding(machine, libraries),
                             holdersFinding(machine, libraries),
                             good("container", nameOf(machine.container))};
    std::vector<Finding> state = gpuFindings(machine, libraries);
    std::move(state.begin(), state.end(), std::back_inserter(all));
    return all;
}

}  // namespace ridge::doctor
