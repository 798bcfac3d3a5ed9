// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/preflight.hpp"

#include <array>

#include "collector/cupti/error.hpp"
#include "collector/cupti/range_profiler.hpp"

namespace ridge::doctor {
namespace {

/// 0 where it is not told.
int capabilityOf(const cupti::Driver& driver, CUdevice device) {
    int major = 0;
    int minor = 0;
    if (driver.deviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device) !=
            CUDA_SUCCESS ||
        driver.deviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device) !=
            CUDA_SUCCESS) {
        return 0;
    }
    return 10 * major + minor;
}

void askDriver(const cupti::Driver& driver, LibraryFacts& facts) {
    facts.cudaLibrary = true;
    if (driver.driverGetVersion(&facts.cudaVersion) != CUDA_SUCCESS) facts.cudaVersion = 0;
    if (driver.init(0) != CUDA_SUCCESS) return;
    if (driver.deviceGetCount(&facts.deviceCount) != CUDA_SUCCESS) facts.deviceCount = 0;
    std::array<char, 256> name{};
    CUdevice device = 0;
    if (driver.deviceGet(&device, facts.device) == CUDA_SUCCESS &&
        driver.deviceGetName(name.data(), static_cast<int>(name.size()) - 1, device) == CUDA_SUCCESS) {
        facts.deviceName = name.data();
        facts.computeCapability = capabilityOf(driver, device);
    }
}

/// The gate first: it tells a machine without a driver from one that refuses.
void trySession(const cupti::Api& api, LibraryFacts& facts) {
    facts.gate = cupti::passGate(api, cupti::driver(), facts.device);
    if (!facts.gate->isOpen()) return;
    const cupti::ProfilerLease lease(api);
    facts.sessionTried = true;
    try {
        cupti::RangeProfilerBackend backend(api, cupti::driver(), facts.device);
        facts.chip = backend.chip();
        backend.probe({"gpu__time_duration.sum"});
    } catch (const cupti::CuptiError& error) {
        facts.sessionError = error;
        facts.sessionResult = error.result();
    } catch (const Error& error) {
        facts.sessionError = error;
    }
}

}  // namespace

LibraryFacts askLibraries(int device) {
    LibraryFacts facts;
    facts.device = device;
    if (const cupti::Driver* driver = cupti::driver()) askDriver(*driver, facts);
    try {
        const cupti::Library& library = cupti::library();
        facts.cuptiPath = library.path;
        facts.cuptiVersion = library.versionText();
        trySession(library.api, facts);
    } catch (const Error& error) {
        facts.cuptiError = error;
    }
    return facts;
}

std::vector<Finding> preflight(int device) {
    return findings(readMachine(), askLibraries(device));
}

}  // namespace ridge::doctor
