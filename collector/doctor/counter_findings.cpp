// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/counter_findings.hpp"

#include <fmt/format.h>

#include "collector/cupti/error.hpp"
#include "collector/doctor/driver_findings.hpp"
#include "collector/doctor/permission.hpp"

namespace ridge::doctor {
namespace {

using cupti::GateStep;

constexpr const char* freeCounters =
    "pause DCGM ('dcgmi profile --pause', later '--resume'), or end the program that measures this GPU";

constexpr const char* timeAlone = "; 'ridge collect --metrics none' measures time alone";

Finding denied(const MachineFacts& machine) {
    Finding finding = closedCounters(machine);
    finding.remedy += timeAlone;
    return finding;
}

/// What the driver's parameter and this process's capabilities say, for a machine where nothing was tried.
Finding permissionByRule(const MachineFacts& machine, const LibraryFacts& libraries) {
    if (!driverWorks(machine, libraries)) return unknown("permission", "not known before the driver works");
    if (!machine.adminOnly) {
        return unknown("permission", "not known: the driver's parameters are not to be read here");
    }
    if (!*machine.adminOnly) {
        return good("permission", "counters are open to everybody (RmProfilingAdminOnly: 0); not tried");
    }
    if (foreseenDenial(machine)) return denied(machine);
    return good("permission", fmt::format("counters are for administrators, this process has {}; not tried",
                                          openingCapability(machine)));
}

std::string listOf(const MachineFacts& machine) {
    std::string list;
    for (const Holder& holder : machine.holders) {
        list += fmt::format("{}{} (pid {})", list.empty() ? "" : ", ", holder.name, holder.pid);
    }
    return list;
}

Finding held(const MachineFacts& machine, const LibraryFacts& libraries) {
    const std::string list = listOf(machine);
    const std::string text = libraries.sessionError->what();
    if (libraries.sessionResult == CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED) {
        return bad("holders", ExitCode::failed,
                   machine.injection.empty()
                       ? text
                       : fmt::format("{}: CUDA_INJECTION64_PATH={}", text, machine.injection),
                   libraries.sessionError->hint());
    }
    if (!list.empty())
        return bad("holders", ExitCode::failed, fmt::format("{}: {}", text, list), freeCounters);
    return bad("holders", ExitCode::failed, text + "; none of its usual holders runs in sight",
               "look outside this container, and on other virtual machines of this GPU; on the host "
               "'dcgmi profile --pause'");
}

}  // namespace

Finding permissionFinding(const MachineFacts& machine, const LibraryFacts& libraries) {
    if (libraries.sessionTried && !libraries.sessionError) {
        return good("permission", "this process may read the counters (tried)");
    }
    if (concernsPermission(libraries)) {
        if (libraries.sessionResult == CUPTI_ERROR_INSUFFICIENT_PRIVILEGES) return denied(machine);
        return bad("permission", ExitCode::notPermitted, libraries.sessionError->what(),
                   libraries.sessionError->hint());
    }
    const auto step = libraries.gate ? libraries.gate->step : GateStep::noDriver;
    if (step == GateStep::profilerRefused || step == GateStep::deviceUnsupported) {
        if (libraries.gate->cuptiStatus == CUPTI_ERROR_INSUFFICIENT_PRIVILEGES) return denied(machine);
        return bad("permission", libraries.gate->code, libraries.gate->text, libraries.gate->hint);
    }
    // The hardware answered that it is busy, so this process got as far as the hardware.
    if (concernsHolders(libraries)) {
        return unknown("permission", "not known while somebody else holds the counters");
    }
    return permissionByRule(machine, libraries);
}

Finding holdersFinding(const MachineFacts& machine, const LibraryFacts& libraries) {
    if (concernsHolders(libraries)) return held(machine, libraries);
    if (!machine.injection.empty()) {
        return advice(
            "holders",
            fmt::format("a tool is loaded into CUDA programs: CUDA_INJECTION64_PATH={}", machine.injection),
            "run without it: CUPTI serves one tool a process");
    }
    const std::string list = listOf(machine);
    if (list.empty()) return good("holders", "no other program that reads counters is in sight");
    if (libraries.sessionTried && !libraries.sessionError) {
        return good("holders", fmt::format("{} runs, but the counters are free now", list));
    }
    return advice("holders", fmt::format("{} may hold the counters", list), freeCounters);
}

}  // namespace ridge::doctor
