// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/permission.hpp"

#include <fmt/format.h>

namespace ridge::doctor {
namespace {

constexpr int perfmonBranch = 565;                     ///< from here on CAP_PERFMON is enough
constexpr unsigned sysAdminBit = 21, perfmonBit = 38;  ///< linux/capability.h

bool has(const MachineFacts& machine, unsigned bit) {
    return (machine.capabilities >> bit & 1U) != 0;
}

bool honoursPerfmon(const MachineFacts& machine) {
    return branchOf(machine.kernelDriver) >= perfmonBranch;
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

}  // namespace

std::string openingCapability(const MachineFacts& machine) {
    if (has(machine, sysAdminBit)) return "CAP_SYS_ADMIN";
    if (has(machine, perfmonBit) && honoursPerfmon(machine)) return "CAP_PERFMON";
    return {};
}

Finding closedCounters(const MachineFacts& machine) {
    if (machine.wsl) {
        return bad("permission", ExitCode::notPermitted, "the GPU's counters are for administrators only",
                   "in Windows, for everybody: NVIDIA Control Panel, Developer, Manage GPU Performance "
                   "Counters");
    }
    const std::string first = openingCapability(machine).empty() ? gettingCapability(machine) + "; or " : "";
    return bad("permission", ExitCode::notPermitted,
               "the GPU's counters are for administrators only" + refusedThough(machine),
               fmt::format("{}for everybody{}: 'options nvidia NVreg_RestrictProfilingToAdminUsers=0' in "
                           "/etc/modprobe.d, then reboot",
                           first, machine.container == Container::none ? "" : ", on the host"));
}

std::optional<Finding> foreseenDenial(const MachineFacts& machine) {
    if (!machine.adminOnly.value_or(false) || !openingCapability(machine).empty()) return std::nullopt;
    return closedCounters(machine);
}

}  // namespace ridge::doctor
