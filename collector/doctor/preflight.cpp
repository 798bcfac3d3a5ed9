// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/preflight.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "collector/cupti/error.hpp"
#include "collector/cupti/range_profiler.hpp"
#include "db/model/device_uuid.hpp"

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

/// By UUID, and for an instance of a partitioned GPU by its parent's place on the bus.
nvml::Device findDevice(const nvml::Nvml& nvml, const cupti::Driver& driver, int ordinal,
                        const std::string& name) {
    CUdevice device = 0;
    CUuuid uuid{};
    std::array<int, 3> place{};
    constexpr std::array<CUdevice_attribute, 3> parts{
        CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID, CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID};
    bool told = driver.deviceGet(&device, ordinal) == CUDA_SUCCESS &&
                driver.deviceGetUuid(&uuid, device) == CUDA_SUCCESS;
    for (std::size_t i = 0; i < parts.size(); ++i)
        told = told && driver.deviceGetAttribute(&place[i], parts[i], device) == CUDA_SUCCESS;
    if (!told) throw Error(ExitCode::failed, "the driver does not tell the GPU's UUID");
    std::array<unsigned char, 16> bytes{};
    std::transform(std::begin(uuid.bytes), std::end(uuid.bytes), bytes.begin(),
                   [](char byte) { return static_cast<unsigned char>(byte); });
    return nvml.device(db::uuidText(bytes, name),
                       fmt::format("{:04x}:{:02x}:{:02x}.0", place[0], place[1], place[2]));
}

void askNvml(const cupti::Driver& driver, LibraryFacts& facts) {
    const nvml::Library& library = nvml::library();
    facts.noState = library.reason;
    if (!library.api) return;
    try {
        const nvml::Nvml nvml(*library.api);
        const nvml::SystemState system = nvml.system();
        facts.nvmlDriver = system.driver.value_or("");
        facts.confidential = system.confidentialComputing;
        if (!facts.deviceName.empty())
            facts.gpu = findDevice(nvml, driver, facts.device, facts.deviceName).state();
    } catch (const Error& error) {
        facts.noState = error.what();
    }
}

}  // namespace

void trySession(const cupti::Api& api, const cupti::Driver* driver, LibraryFacts& facts) {
    facts.gate = cupti::passGate(api, driver, facts.device);
    if (!facts.gate->isOpen()) return;
    facts.sessionTried = true;
    try {
        cupti::RangeProfilerBackend backend(api, driver, facts.device);
        facts.chip = backend.chip();
        backend.probe({"gpu__time_duration.sum"});
    } catch (const cupti::CuptiError& error) {
        facts.sessionError = error;
        facts.sessionResult = error.result();
    } catch (const Error& error) {
        facts.sessionError = error;
    }
}

LibraryFacts askLibraries(int device) {
    LibraryFacts facts;
    facts.device = device;
    if (const cupti::Driver* driver = cupti::driver()) {
        askDriver(*driver, facts);
        askNvml(*driver, facts);
    }
    try {
        const cupti::Library& library = cupti::library();
        facts.cuptiPath = library.path;
        facts.cuptiVersion = library.versionText();
        trySession(library.api, cupti::driver(), facts);
    } catch (const Error& error) {
        facts.cuptiError = error;
    }
    return facts;
}

std::vector<GpuUser> usersOf(const nvml::DeviceState& gpu, const MachineFacts& machine,
                             const std::filesystem::path& root) {
    std::map<int, GpuUser> users;  // who computes and draws is in both lists
    for (const auto* list : {&gpu.compute, &gpu.graphics}) {
        if (!*list) continue;
        for (const nvml::Process& process : **list) {
            const bool named = machine.container == Container::none;
            users[process.pid] = {named ? processName(process.pid, root) : "", process.pid,
                                  process.memoryBytes};
        }
    }
    users.erase(::getpid());
    std::vector<GpuUser> sorted;
    sorted.reserve(users.size());
    for (auto& [pid, user] : users) sorted.push_back(std::move(user));
    return sorted;
}

Preflight preflight(int device, const std::string& uuid) {
    const MachineFacts machine = readMachine();
    LibraryFacts libraries = askLibraries(device);
    libraries.uuid = uuid;
    if (libraries.gpu) libraries.users = usersOf(*libraries.gpu, machine);
    return {findings(machine, libraries), libraries.deviceCount};
}

}  // namespace ridge::doctor
