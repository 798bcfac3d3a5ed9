// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <vector>

#include "collector/cupti/error.hpp"
#include "collector/doctor/preflight.hpp"
#include "tests/support/approved.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::doctor;
using cupti::GateStep;

namespace {

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
    good.libraries.cuptiPath = "/toolkit/lib64/libcupti.so.13";
    good.libraries.cuptiVersion = "13.0 (API 130001)";
    good.libraries.gate = gateAt(GateStep::open);
    good.libraries.sessionTried = true;
    return good;
}

Situation refused(std::string name, CUptiResult result) {
    Situation situation = measuring(std::move(name));
    situation.libraries.sessionError = cupti::CuptiError(result, std::source_location());
    situation.libraries.sessionBusy = result == CUPTI_ERROR_HARDWARE_BUSY;
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

std::vector<Situation> situations() {
    std::vector<Situation> list{measuring("a machine that measures")};
    list.push_back(noDriver("no driver"));
    list.push_back(noDriver("a container without the driver's libraries"));
    list.back().machine.kernelDriver = "580.65.06";
    list.push_back(initRefused("the kernel module is not loaded", ""));
    list.push_back(initRefused("module and library differ", "570.86.15"));
    list.back().machine.kernelDriver = "580.95.05";
    list.push_back(refused("a driver too old for CUPTI 13", CUPTI_ERROR_NOT_INITIALIZED));
    list.back().machine.kernelDriver = "570.86.15";
    list.back().libraries.cudaVersion = 12080;
    list.push_back(measuring("a device that is not there"));
    list.back().libraries.deviceName.clear();
    list.back().libraries.device = 4;
    list.back().libraries.gate = gateAt(GateStep::noDevice, "no GPU 4: the driver finds 2");
    list.back().libraries.sessionTried = false;
    list.push_back(refused("counters for administrators only", CUPTI_ERROR_INSUFFICIENT_PRIVILEGES));
    list.push_back(refused("DCGM holds the counters", CUPTI_ERROR_HARDWARE_BUSY));
    list.back().machine.holders = {{"nv-hostengine", 812}, {"dcgm-exporter", 900}};
    list.push_back(refused("somebody out of sight holds the counters", CUPTI_ERROR_HARDWARE_BUSY));
    list.push_back(measuring("DCGM runs and does not profile"));
    list.back().machine.holders = {{"nv-hostengine", 812}};
    list.push_back(measuring("started under a tool"));
    list.back().machine.injection = "/opt/nsys/libToolsInjection64.so";
    list.push_back(refused("a MIG instance", CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED));
    list.push_back(measuring("confidential computing"));
    list.back().libraries.sessionTried = false;
    list.back().libraries.gate =
        gateAt(GateStep::deviceUnsupported, "confidential computing is on", "turn it off");
    list.push_back(withoutCupti("no CUPTI, counters closed"));
    list.push_back(withoutCupti("no CUPTI, counters open"));
    list.back().machine.adminOnly = false;
    list.push_back(withoutCupti("no CUPTI, CAP_PERFMON and a driver that honours it"));
    list.back().machine.capabilities = 1ULL << 38;
    list.push_back(withoutCupti("no CUPTI, ncu runs, CAP_SYS_ADMIN"));
    list.back().machine.capabilities = 1ULL << 21;
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

TEST_CASE("every situation has its five findings in approved words") {
    std::string text;
    for (const Situation& situation : situations()) {
        text += fmt::format("== {}\n", situation.name);
        for (const auto& finding : findings(situation.machine, situation.libraries)) {
            text += fmt::format("{:10} {}  {}\n", finding.name, finding.ok ? "ok" : "--", finding.text);
            if (!finding.remedy.empty()) text += fmt::format("{:14}{}\n", "", finding.remedy);
        }
    }
    test::checkApproved("doctor_findings.txt", text);
}

TEST_CASE("a finding that is not ok always says what to do, one that is ok never") {
    for (const Situation& situation : situations()) {
        const auto list = findings(situation.machine, situation.libraries);
        CHECK(list.size() == 5);
        for (const auto& finding : list) {
            INFO(situation.name << ": " << finding.name);
            CHECK(finding.remedy.empty() == finding.ok);
            CHECK_FALSE(finding.text.empty());
        }
    }
}

TEST_CASE("CAP_PERFMON opens the counters from driver R565 on, not before") {
    Situation situation = withoutCupti("");
    situation.machine.capabilities = 1ULL << 38;
    situation.machine.kernelDriver = "565.57.01";
    CHECK(named(findings(situation.machine, situation.libraries), "permission").ok);
    situation.machine.kernelDriver = "560.35.05";
    CHECK_FALSE(named(findings(situation.machine, situation.libraries), "permission").ok);
}
