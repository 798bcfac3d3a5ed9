// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/counter_findings.hpp"

#include <fmt/format.h>

#include "collector/cupti/error.hpp"
#include "collector/doctor/driver_findings.hpp"

namespace ridge::doctor {
namespace {

using cupti::GateStep;

constexpr int perfmonBranch = 565;                     ///< from here on CAP_PERFMON is enough
constexpr unsigned sysAdminBit = 21, perfmonBit = 38;  ///< linux/capability.h

constexpr const char* freeCounters =
    "pause DCGM ('dcgmi profile --pause', later '--resume'), or end the program that measures this GPU";

bool has(const MachineFacts& machine, unsigned bit) {
    return (machine.capabilities >> bit & 1U) != 0;
}

bool honoursPerfmon(const MachineFacts& machine) {
    return branchOf(machine.kernelDriver) >= perfmonBranch;
}

/// The capability that opens admin-only counters to this process; empty where it has none.
std::string openingCapability(const MachineFacts& machine) {
    if (has(machine, sysAdminBit)) return "CAP_SYS_ADMIN";
    if (has(machine, perfmonBit) && honoursPerfmon(machine)) return "CAP_PERFMON";
    return {};
}

/// How this process gets such a capability where it runs.
std::string gettingCapability(const MachineFacts& machine) {
    const bool perfmon = honoursPerfmon(machine);
    switch (machine.container) {
        case Container::docker:
        case Container::podman:
            return fmt::format("start the container with '--cap-add=SYS_ADMIN'{}",
                               perfmon ? " (or PERFMON)" : "");
        case Container::kubernetes:
            return fmt::format("in the pod: securityContext: capabilities: add: [SYS_ADMIN]{}",
                               perfmon ? " (or PERFMON)" : "");
        case Container::apptainer:
            return fmt::format("as root 'apptainer exec --nv --add-caps CAP_SYS_ADMIN'{}",
                               perfmon ? " (or CAP_PERFMON)" : "");
        case Container::lxc:
        case Container::other:
            return fmt::format("give the container CAP_SYS_ADMIN{}", perfmon ? " (or CAP_PERFMON)" : "");
        case Container::none:
            break;
    }
    return perfmon ? "run as root, or with CAP_SYS_ADMIN or CAP_PERFMON"
                   : "run as root or with CAP_SYS_ADMIN (CAP_PERFMON is enough from driver R565 on)";
}

std::string refusedThough(const MachineFacts& machine) {
    const std::string capability = openingCapability(machine);
    if (!capability.empty()) {
        return fmt::format(
            ", and {} does not help (in a user namespace, as of rootless containers, it does not "
            "count)",
            capability);
    }
    const std::string rule = machine.adminOnly ? "RmProfilingAdminOnly: 1, and " : "";
    return fmt::format(" ({}this process has {})", rule,
                       has(machine, perfmonBit) ? "CAP_PERFMON alone, which this driver does not honour"
                                                : "neither CAP_SYS_ADMIN nor CAP_PERFMON");
}

Finding denied(const MachineFacts& machine) {
    if (machine.wsl) {
        return bad("permission", ExitCode::notPermitted, "the GPU's counters are for administrators only",
                   "in Windows, for everybody: NVIDIA Control Panel, Developer, Manage GPU Performance "
                   "Counters; 'ridge collect --metrics none' measures time alone");
    }
    const std::string first = openingCapability(machine).empty() ? gettingCapability(machine) + "; or " : "";
    return bad("permission", ExitCode::notPermitted,
               "the GPU's counters are for administrators only" + refusedThough(machine),
               fmt::format("{}for everybody{}: 'options nvidia NVreg_RestrictProfilingToAdminUsers=0' in "
                           "/etc/modprobe.d, then reboot; 'ridge collect --metrics none' measures time alone",
                           first, machine.container == Container::none ? "" : ", on the host"));
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
    if (const std::string capability = openingCapability(machine); !capability.empty()) {
        return good(
            "permission",
            fmt::format("counters are for administrators, this process has {}; not tried", capability));
    }
    return denied(machine);
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
