// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "collector/cupti/error.hpp"
#include "collector/doctor/preflight.hpp"
#include "tests/support/approved.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::doctor;
using cupti::GateStep;

namespace {

constexpr std::uint64_t sysAdmin = 1ULL << 21, perfmon = 1ULL << 38;  // linux/capability.h

constexpr std::array<std::pair<const char*, Container>, 6> containers{{{"Docker", Container::docker},
                                                                       {"Podman", Container::podman},
                                                                       {"Kubernetes", Container::kubernetes},
                                                                       {"Apptainer", Container::apptainer},
                                                                       {"LXC", Container::lxc},
                                                                       {"some container", Container::other}}};

struct Situation {
    std::string name;
    MachineFacts machine;
    LibraryFacts libraries;
};

cupti::Gate gateAt(GateStep step, std::string text = {}, std::string hint = {}) {
    cupti::Gate gate;
    gate.step = step;
    gate.text = std::move(text);
    gate.hint = std::move(hint);
    return gate;
}

/// Two GPUs, driver R580, libcupti, counters for administrators, and a session that was allowed.
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
    return good;
}

Situation refused(std::string name, CUptiResult result) {
    Situation situation = measuring(std::move(name));
    situation.libraries.sessionError = cupti::CuptiError(result, std::source_location());
    situation.libraries.sessionResult = result;
    return situation;
}

/// As without libcupti: no gate, no session.
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

Situation initRefused(std::string name, std::string kernelDriver) {
    Situation situation = noDriver(std::move(name));
    situation.machine.kernelDriver = std::move(kernelDriver);
    situation.libraries.cudaLibrary = true;
    situation.libraries.cudaVersion = 13000;
    situation.libraries.gate = gateAt(GateStep::driverRefused, "no usable GPU: cuInit gives error 803",
                                      "the kernel module and libcuda differ in version: reboot");
    return situation;
}

/// A driver that works and finds no device.
Situation noDevice(std::string name) {
    Situation situation = measuring(std::move(name));
    situation.libraries.deviceName.clear();
    situation.libraries.chip.clear();
    situation.libraries.deviceCount = 0;
    situation.libraries.gate = gateAt(GateStep::noDevice, "no usable GPU: the driver finds none");
    situation.libraries.sessionTried = false;
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

std::vector<Situation> situations() {
    std::vector<Situation> list{measuring("a machine that measures")};
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
    list.push_back(initRefused("the kernel module is not loaded", ""));
    list.push_back(initRefused("module and library differ", "570.86.15"));
    list.back().machine.kernelDriver = "580.95.05";
    list.push_back(refused("a driver too old for CUPTI 13", CUPTI_ERROR_NOT_INITIALIZED));
    list.back().machine.kernelDriver = "570.86.15";
    list.back().libraries.cudaVersion = 12080;
    list.push_back(measuring("an old kernel module under a compatibility library that works"));
    list.back().machine.kernelDriver = "570.86.15";
    list.push_back(measuring("a device that is not there"));
    list.back().libraries.deviceName.clear();
    list.back().libraries.device = 4;
    list.back().libraries.gate = gateAt(GateStep::noDevice, "no GPU 4: the driver finds 2");
    list.back().libraries.sessionTried = false;
    list.push_back(noDevice("a GPU that CUDA_VISIBLE_DEVICES hides"));
    list.back().machine.visible = "7";
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
    list.push_back(refused("a MIG instance", CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED));
    list.push_back(
        unsupported("a virtual GPU without counters", CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED));
    list.push_back(unsupported("a virtual GPU whose hypervisor forbids",
                               CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES));
    list.push_back(unsupported("confidential computing", CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED));
    list.push_back(unsupported("a mining card", CUPTI_ERROR_CMP_DEVICE_NOT_SUPPORTED));
    list.push_back(unsupported("WSL without counters", CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED));
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
    return list;
}

const doctor::Finding& named(const std::vector<doctor::Finding>& list, const std::string& name) {
    for (const auto& finding : list) {
        if (finding.name == name) return finding;
    }
    throw std::runtime_error("no finding " + name);
}

}  // namespace

TEST_CASE("every situation has its findings in approved words") {
    std::string text;
    for (const Situation& situation : situations()) {
        text += fmt::format("== {}\n", situation.name);
        for (const auto& finding : findings(situation.machine, situation.libraries)) {
            const char* mark = finding.state == State::ok        ? "ok"
                               : finding.state == State::unknown ? "??"
                               : finding.stops == ExitCode::done ? " !"
                                                                 : "!!";
            text += fmt::format("{} {:12} {}\n", mark, finding.name, finding.text);
            if (!finding.remedy.empty()) text += fmt::format("{:16}{}\n", "", finding.remedy);
        }
    }
    test::checkApproved("doctor_findings.txt", text);
}

TEST_CASE("what is wrong says what to do, and nothing else does or stops anything") {
    for (const Situation& situation : situations()) {
        for (const auto& finding : findings(situation.machine, situation.libraries)) {
            INFO(situation.name << ": " << finding.name);
            CHECK(finding.remedy.empty() == (finding.state != State::wrong));
            if (finding.state != State::wrong) CHECK(finding.stops == ExitCode::done);
            CHECK_FALSE(finding.text.empty());
            CHECK_THAT(finding.remedy, !ContainsSubstring("nvidia-smi"));
        }
    }
}

TEST_CASE("nothing stops a machine that measures") {
    const Situation situation = measuring("");
    for (const auto& finding : findings(situation.machine, situation.libraries)) {
        INFO(finding.name);
        CHECK(finding.state == State::ok);
    }
}

TEST_CASE("what stops tells no GPU, closed counters and counters in use apart") {
    const auto stops = [](const Situation& situation, const char* name) {
        return named(findings(situation.machine, situation.libraries), name).stops;
    };
    CHECK(stops(noDriver(""), "driver") == ExitCode::noGpu);
    CHECK(stops(noDevice(""), "device") == ExitCode::noGpu);
    CHECK(stops(withoutCupti(""), "cupti") == ExitCode::failed);
    CHECK(stops(refused("", CUPTI_ERROR_HARDWARE_BUSY), "holders") == ExitCode::failed);
    CHECK(stops(refused("", CUPTI_ERROR_INSUFFICIENT_PRIVILEGES), "permission") == ExitCode::notPermitted);
    CHECK(stops(refused("", CUPTI_ERROR_UNKNOWN), "cupti") == ExitCode::failed);
    CHECK(stops(refused("", CUPTI_ERROR_UNKNOWN), "holders") == ExitCode::done);
}

TEST_CASE("CAP_PERFMON opens the counters from driver R565 on, not before") {
    Situation situation = withoutCupti("");
    situation.machine.capabilities = perfmon;
    situation.machine.kernelDriver = "565.57.01";
    CHECK(named(findings(situation.machine, situation.libraries), "permission").state == State::ok);
    situation.machine.kernelDriver = "560.35.05";
    CHECK(named(findings(situation.machine, situation.libraries), "permission").state == State::wrong);
}
