// SPDX-License-Identifier: Apache-2.0
#include "tests/collector/doctor/situations.hpp"

#include <array>
#include <tuple>
#include <utility>

#include "collector/cupti/error.hpp"

namespace ridge::test {

using namespace doctor;
using cupti::GateStep;

namespace {

constexpr std::array<std::pair<const char*, Container>, 6> containers{{{"Docker", Container::docker},
                                                                       {"Podman", Container::podman},
                                                                       {"Kubernetes", Container::kubernetes},
                                                                       {"Apptainer", Container::apptainer},
                                                                       {"LXC", Container::lxc},
                                                                       {"some container", Container::other}}};

cupti::Gate gateAt(GateStep step, std::string text = {}, std::string hint = {}) {
    cupti::Gate gate;
    gate.step = step;
    gate.text = std::move(text);
    gate.hint = std::move(hint);
    return gate;
}

/// An idle H100 that nobody else uses.
nvml::DeviceState healthy() {
    nvml::DeviceState gpu;
    gpu.now = {345e6, 2619e6, 31.0, 71.4, 1};
    gpu.maxSmClockHz = 1980e6;
    gpu.maxMemoryClockHz = 2619e6;
    gpu.powerLimitW = 700;
    gpu.memoryBytes = 85'520'809'984;
    gpu.freeMemoryBytes = 84'900'000'000;
    gpu.displayActive = false;
    gpu.persistence = gpu.ecc = gpu.eccAfterReboot = true;
    gpu.mig = false;
    gpu.virtualization = nvml::Virtualization::none;
    gpu.compute = gpu.graphics = std::vector<nvml::Process>{};
    return gpu;
}

}  // namespace

Situation measuring(std::string name) {
    Situation good{std::move(name), {}, {}};
    good.machine.kernelDriver = "580.65.06";
    good.machine.adminOnly = true;
    good.libraries.cudaLibrary = true;
    good.libraries.cudaVersion = 13000;
    good.libraries.deviceCount = 2;
    good.libraries.deviceName = "NVIDIA H100 80GB HBM3";
    good.libraries.chip = "GH100";
    good.libraries.computeCapability = 90;
    good.machine.gpusOnBus = good.machine.deviceNodes = 2;
    good.libraries.cuptiPath = "/toolkit/lib64/libcupti.so.13";
    good.libraries.cuptiVersion = "13.0 (API 130001)";
    good.libraries.gate = gateAt(GateStep::open);
    good.libraries.sessionTried = true;
    good.libraries.gpu = healthy();
    good.libraries.confidential = false;
    return good;
}

Situation refused(std::string name, CUptiResult result) {
    Situation situation = measuring(std::move(name));
    situation.libraries.sessionError = cupti::CuptiError(result, std::source_location());
    situation.libraries.sessionResult = result;
    return situation;
}

Situation withoutCupti(std::string name) {
    Situation situation = measuring(std::move(name));
    situation.libraries.cuptiPath.clear();
    situation.libraries.cuptiError =
        Error(ExitCode::failed, "libcupti.so.13 could not be loaded; tried: /toolkit (not there)",
              "install CUDA 13's CUPTI, or set RIDGE_CUPTI to the library or its folder");
    situation.libraries.gate.reset();
    situation.libraries.sessionTried = false;
    situation.libraries.chip.clear();
    return situation;
}

Situation noDriver(std::string name) {
    Situation none{std::move(name), {}, {}};
    none.libraries.cuptiPath = "/toolkit/lib64/libcupti.so.13";
    none.libraries.cuptiVersion = "13.0 (API 130001)";
    none.libraries.gate = gateAt(GateStep::noDriver, "no usable GPU: libcuda.so.1 is not there", "install");
    return none;
}

Situation noDevice(std::string name) {
    Situation situation = measuring(std::move(name));
    situation.libraries.deviceName.clear();
    situation.libraries.chip.clear();
    situation.libraries.deviceCount = 0;
    situation.libraries.gpu.reset();
    situation.libraries.gate = gateAt(GateStep::noDevice, "no usable GPU: the driver finds none");
    situation.libraries.sessionTried = false;
    return situation;
}

namespace {

Situation initRefused(std::string name, std::string kernelDriver, CUresult status, std::string text,
                      std::string hint) {
    Situation situation = noDriver(std::move(name));
    situation.machine.kernelDriver = std::move(kernelDriver);
    situation.libraries.cudaLibrary = true;
    situation.libraries.cudaVersion = 13000;
    situation.libraries.gate = gateAt(GateStep::driverRefused, std::move(text), std::move(hint));
    situation.libraries.gate->driverStatus = status;
    return situation;
}

/// The gate's own words for a device that DeviceSupported rules out.
Situation unsupported(std::string name, CUptiResult reason) {
    Situation situation = measuring(std::move(name));
    situation.libraries.sessionTried = false;
    const cupti::Translation words = cupti::translate(reason);
    situation.libraries.gate = gateAt(GateStep::deviceUnsupported, words.text, words.hint);
    situation.libraries.gate->code = words.code;
    situation.libraries.gate->cuptiStatus = reason;
    return situation;
}

Situation withGpu(std::string name, void (*change)(nvml::DeviceState&)) {
    Situation situation = measuring(std::move(name));
    change(*situation.libraries.gpu);
    return situation;
}

Situation untried(std::string name) {
    Situation situation = measuring(std::move(name));
    situation.libraries.sessionTried = false;
    return situation;
}

/// What NVML tells of a GPU, one thing at a time.
void addGpuStates(std::vector<Situation>& list) {
    using State = nvml::DeviceState;
    list.push_back(measuring("no NVML"));
    list.back().libraries.gpu.reset();
    list.back().libraries.noState = "libnvidia-ml.so.1 was not found";
    list.push_back(withGpu("NVML that tells nothing", [](State& gpu) { gpu = {}; }));
    list.back().libraries.confidential.reset();
    list.push_back(withGpu("a GPU off the bus", [](State& gpu) { gpu.lost = true; }));
    list.push_back(withGpu("MIG on", [](State& gpu) { gpu.mig = true; }));
    list.push_back(withGpu("a passed-through GPU",
                           [](State& gpu) { gpu.virtualization = nvml::Virtualization::passthrough; }));
    list.push_back(withGpu("a virtual GPU that measures",
                           [](State& gpu) { gpu.virtualization = nvml::Virtualization::vgpu; }));
    list.push_back(list.back());
    list.back().name = "a virtual GPU that was not tried";
    list.back().libraries.sessionTried = false;
    list.push_back(withGpu("a host of virtual GPUs",
                           [](State& gpu) { gpu.virtualization = nvml::Virtualization::hostVgpu; }));
    list.push_back(measuring("confidential computing with open counters"));
    list.back().libraries.confidential = true;
    list.push_back(untried("confidential computing, and no session was tried"));
    list.back().libraries.confidential = true;
    list.push_back(measuring("another program on the GPU"));
    list.back().libraries.users = {{"python3", 77, 12'300'000'000}, {"", 90, std::nullopt}};
    list.push_back(withGpu("a display", [](State& gpu) { gpu.displayActive = true; }));
    list.push_back(withGpu("little free memory", [](State& gpu) { gpu.freeMemoryBytes = 20'000'000'000; }));
    list.push_back(withGpu("a hot GPU", [](State& gpu) { gpu.now.clockEvents = 0x44; }));
    list.push_back(withGpu("a GPU at its power limit", [](State& gpu) { gpu.now.clockEvents = 0x4; }));
    list.push_back(withGpu("a display's clocks", [](State& gpu) { gpu.now.clockEvents = 0x100; }));
    list.push_back(withGpu("set clocks", [](State& gpu) { gpu.now.clockEvents = 0x2; }));
    list.push_back(withGpu("no persistence", [](State& gpu) { gpu.persistence = false; }));
    list.push_back(list.back());
    list.back().name = "no persistence, in a container";
    list.back().machine.container = Container::docker;
    list.push_back(withGpu("no ECC", [](State& gpu) { gpu.ecc = gpu.eccAfterReboot = false; }));
    list.push_back(withGpu("ECC about to change", [](State& gpu) { gpu.eccAfterReboot = false; }));
}

void addDrivers(std::vector<Situation>& list) {
    list.push_back(noDriver("no driver"));
    list.push_back(noDriver("no driver, but a GPU"));
    list.back().machine.gpusOnBus = 1;
    list.push_back(noDriver("nouveau"));
    list.back().machine.gpusOnBus = 1;
    list.back().machine.nouveau = true;
    list.push_back(noDriver("the driver's library is not installed"));
    list.back().machine.kernelDriver = "580.65.06";
    for (const auto& [name, container] : containers) {
        list.push_back(noDriver(std::string("without the driver's libraries in ") + name));
        list.back().machine.kernelDriver = "580.65.06";
        list.back().machine.container = container;
    }
    list.push_back(initRefused("the kernel module is not loaded", "", CUDA_ERROR_UNKNOWN,
                               "no usable GPU: cuInit gives error 999", "'ridge doctor' looks into it"));
    list.push_back(initRefused("the driver's second module is not loaded", "580.95.05", CUDA_ERROR_UNKNOWN,
                               "no usable GPU: cuInit gives error 999", "'ridge doctor' looks into it"));
    list.push_back(initRefused("module and library differ", "580.95.05", CUDA_ERROR_SYSTEM_DRIVER_MISMATCH,
                               "no usable GPU: the kernel module and libcuda are of different releases",
                               "reboot, or reload the nvidia modules"));
    list.push_back(initRefused("the fabric manager does not run", "580.95.05", CUDA_ERROR_SYSTEM_NOT_READY,
                               "no usable GPU: the NVLink switches are not ready",
                               "start the fabric manager"));
    list.push_back(refused("a driver too old for CUPTI 13", CUPTI_ERROR_NOT_INITIALIZED));
    list.back().machine.kernelDriver = "570.86.15";
    list.back().libraries.cudaVersion = 12080;
    list.push_back(measuring("an old kernel module under a compatibility library that works"));
    list.back().machine.kernelDriver = "570.86.15";
}

/// Nothing of the driver in /proc and /dev, as under WSL; `cudaVersion` is libcuda's, `nvml` what NVML tells.
Situation withoutModule(Situation situation, int cudaVersion, std::string nvml) {
    situation.machine.kernelDriver.clear();
    situation.machine.adminOnly.reset();
    situation.machine.deviceNodes = situation.machine.gpusOnBus = 0;
    situation.libraries.cudaVersion = cudaVersion;
    situation.libraries.nvmlDriver = std::move(nvml);
    return situation;
}

void addReleases(std::vector<Situation>& list) {
    list.push_back(withoutModule(untried("NVML alone tells the driver"), 13000, "580.95.05"));
    list.push_back(withoutModule(untried("NVML tells an old driver"), 12080, "572.83"));
    list.push_back(withoutModule(untried("libcuda alone tells of a new driver"), 13010, ""));
    list.push_back(withoutModule(untried("libcuda alone tells of an old driver"), 12080, ""));
    list.push_back(withoutModule(untried("libcuda alone tells of a very old driver"), 11080, ""));
    list.push_back(withoutModule(measuring("a libcuda that says an old CUDA and measures"), 12080, ""));
    list.push_back(withoutModule(untried("nobody tells the driver"), 0, ""));
    list.push_back(withoutModule(measuring("nobody tells the driver, and it measures"), 0, ""));
}

/// The kernel module's release and libcuda's CUDA of two Jetsons; they have no PCI GPU.
void addJetsons(std::vector<Situation>& list) {
    for (const auto& [name, driver, cuda] : {std::tuple{"a Jetson with JetPack 5", "35.3.1", 11040},
                                             {"a Jetson with JetPack 6", "540.4.0", 12060}}) {
        list.push_back(untried(name));
        list.back().machine.kernelDriver = driver;
        list.back().machine.jetson = true;
        list.back().machine.gpusOnBus = 0;
        list.back().libraries.cudaVersion = cuda;
        list.back().libraries.deviceName = "Orin";
        list.back().libraries.chip = "GA10B";
        list.back().libraries.computeCapability = 87;
    }
}

void addWsl(std::vector<Situation>& list) {
    const std::size_t first = list.size();
    list.push_back(withoutModule(measuring("WSL that measures"), 13000, "581.15"));
    list.push_back(withoutModule(untried("WSL with an old driver in Windows"), 12080, "572.83"));
    list.push_back(noDriver("WSL without a driver in Windows"));
    list.push_back(withoutModule(noDevice("WSL without a GPU"), 13000, ""));
    list.push_back(initRefused("WSL whose driver does not start", "", CUDA_ERROR_UNKNOWN,
                               "no usable GPU: cuInit gives error 999", "'ridge doctor' looks into it"));
    list.push_back(
        withoutModule(refused("WSL, counters for administrators only", CUPTI_ERROR_INSUFFICIENT_PRIVILEGES),
                      13000, "581.15"));
    for (std::size_t i = first; i < list.size(); ++i) list[i].machine.wsl = true;
}

void addDevices(std::vector<Situation>& list) {
    list.push_back(measuring("a device that is not there"));
    list.back().libraries.deviceName.clear();
    list.back().libraries.gpu.reset();
    list.back().libraries.device = 4;
    list.back().libraries.gate = gateAt(GateStep::noDevice, "no GPU 4: the driver finds 2");
    list.back().libraries.sessionTried = false;
    list.push_back(noDevice("a GPU that CUDA_VISIBLE_DEVICES hides"));
    list.back().machine.visible = "7";
    list.push_back(noDevice("a UUID that no GPU has"));
    list.back().machine.visible = list.back().libraries.uuid = "GPU-7f";
    list.push_back(noDevice("the library without its kernel module"));
    list.back().machine.kernelDriver.clear();
    list.back().machine.adminOnly.reset();
    list.back().machine.deviceNodes = 0;
    list.push_back(noDevice("the library on a machine without a GPU"));
    list.back().machine.kernelDriver.clear();
    list.back().machine.adminOnly.reset();
    list.back().machine.deviceNodes = list.back().machine.gpusOnBus = 0;
    list.push_back(noDevice("a GPU that has fallen off the bus"));
    list.push_back(noDevice("a container without the GPU's device nodes"));
    list.back().machine.container = Container::docker;
    list.back().machine.deviceNodes = 0;
    list.push_back(measuring("a GPU too old for this build's kernels"));
    list.back().libraries.deviceName = "Tesla T4";
    list.back().libraries.chip = "TU104";
    list.back().libraries.computeCapability = 75;
    list.push_back(measuring("a GPU that gives no context"));
    list.back().libraries.sessionError =
        Error(ExitCode::failed, "cuDevicePrimaryCtxRetain gives CUDA driver error 2",
              "the GPU may be full, lost or in exclusive use: end what runs on it");
}

void addPermissions(std::vector<Situation>& list) {
    list.push_back(refused("a profiler that fails for a reason of its own", CUPTI_ERROR_UNKNOWN));
    list.push_back(refused("counters for administrators only", CUPTI_ERROR_INSUFFICIENT_PRIVILEGES));
    list.push_back(
        refused("counters for administrators only, an older driver", CUPTI_ERROR_INSUFFICIENT_PRIVILEGES));
    list.back().machine.kernelDriver = "560.35.05";
    list.back().machine.capabilities = perfmon;
    for (const auto& [name, container] : containers) {
        list.push_back(refused(std::string("counters for administrators only, in ") + name,
                               CUPTI_ERROR_INSUFFICIENT_PRIVILEGES));
        list.back().machine.container = container;
    }
    list.push_back(refused("counters closed to CAP_SYS_ADMIN too", CUPTI_ERROR_INSUFFICIENT_PRIVILEGES));
    list.back().machine.capabilities = sysAdmin;
}

void addHolders(std::vector<Situation>& list) {
    list.push_back(refused("DCGM holds the counters", CUPTI_ERROR_HARDWARE_BUSY));
    list.back().machine.holders = {{"nv-hostengine", 812}, {"dcgm-exporter", 900}};
    list.push_back(refused("somebody out of sight holds the counters", CUPTI_ERROR_HARDWARE_BUSY));
    list.push_back(measuring("DCGM runs and does not profile"));
    list.back().machine.holders = {{"nv-hostengine", 812}};
    list.push_back(measuring("started under a tool"));
    list.back().machine.injection = "/opt/nsys/libToolsInjection64.so";
    list.push_back(
        refused("a second subscriber in the process", CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED));
    list.back().machine.injection = "/opt/nsys/libToolsInjection64.so";
}

void addPartsOfGpus(std::vector<Situation>& list) {
    list.push_back(refused("a MIG instance", CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED));
    list.push_back(
        unsupported("a virtual GPU without counters", CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED));
    list.push_back(unsupported("a virtual GPU whose hypervisor forbids",
                               CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES));
    list.push_back(unsupported("confidential computing", CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED));
    list.push_back(unsupported("a mining card", CUPTI_ERROR_CMP_DEVICE_NOT_SUPPORTED));
    list.push_back(unsupported("WSL without counters", CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED));
}

void addWithoutCupti(std::vector<Situation>& list) {
    list.push_back(withoutCupti("no CUPTI, parameters hidden"));
    list.back().machine.adminOnly.reset();
    list.push_back(withoutCupti("no CUPTI, counters closed"));
    list.push_back(withoutCupti("no CUPTI, counters open"));
    list.back().machine.adminOnly = false;
    list.push_back(withoutCupti("no CUPTI, CAP_PERFMON and a driver that honours it"));
    list.back().machine.capabilities = perfmon;
    list.push_back(withoutCupti("no CUPTI, ncu runs, CAP_SYS_ADMIN"));
    list.back().machine.capabilities = sysAdmin;
    list.back().machine.holders = {{"ncu", 77}};
}

}  // namespace

std::vector<Situation> situations() {
    std::vector<Situation> list{measuring("a machine that measures")};
    addDrivers(list);
    addReleases(list);
    addJetsons(list);
    addWsl(list);
    addDevices(list);
    addPermissions(list);
    addHolders(list);
    addPartsOfGpus(list);
    addWithoutCupti(list);
    addGpuStates(list);
    return list;
}

}  // namespace ridge::test
