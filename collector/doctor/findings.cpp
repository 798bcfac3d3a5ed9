// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "collector/cupti/error.hpp"
#include "collector/doctor/preflight.hpp"

namespace ridge::doctor {
namespace {

constexpr int neededBranch = 580;                      ///< CUDA 13's driver
constexpr int perfmonBranch = 565;                     ///< from here CAP_PERFMON is enough
constexpr unsigned sysAdminBit = 21, perfmonBit = 38;  ///< linux/capability.h

constexpr const char* install =
    "install NVIDIA's driver R580 or newer; without one, model a device: "
    "ridge collect PLAN --model NAME";

constexpr const char* driverFirst = "first make the driver work";
constexpr const char* freeCounters =
    "pause DCGM ('dcgmi profile --pause', later '--resume'), or end the program that measures this GPU";

Finding good(const char* name, std::string text) {
    return {name, true, std::move(text), {}};
}
Finding bad(const char* name, std::string text, std::string remedy) {
    return {name, false, std::move(text), std::move(remedy)};
}

std::string cudaText(int version) {
    return version == 0 ? std::string() : fmt::format(" (CUDA {}.{})", version / 1000, version % 1000 / 10);
}

Finding driverFinding(const MachineFacts& machine, const LibraryFacts& libraries) {
    const std::string& release = machine.kernelDriver;
    if (!libraries.cudaLibrary && release.empty())
        return bad("driver", "no NVIDIA driver on this machine", install);
    if (!libraries.cudaLibrary) {
        return bad("driver",
                   fmt::format("driver {} is loaded, but its libcuda.so.1 is not to be found here", release),
                   "in a container: start it with '--gpus all' (NVIDIA Container Toolkit); else install the "
                   "driver's CUDA library");
    }
    if (!release.empty() && branchOf(release) < neededBranch) {
        return bad("driver",
                   fmt::format("driver {}{} is too old: CUPTI 13 needs R580", release,
                               cudaText(libraries.cudaVersion)),
                   "install NVIDIA's driver R580 or newer");
    }
    const auto step = libraries.gate ? libraries.gate->step : cupti::GateStep::open;
    if (step == cupti::GateStep::driverRefused) {
        return bad("driver", libraries.gate->text,
                   release.empty() ? "load the kernel module: 'modprobe nvidia', or "
                                     "reboot after a driver update"
                                   : libraries.gate->hint);
    }
    return good("driver", fmt::format("NVIDIA driver {}{}", release.empty() ? "of unknown release" : release,
                                      cudaText(libraries.cudaVersion)));
}

bool driverWorks(const LibraryFacts& libraries) {
    return libraries.cudaLibrary &&
           !(libraries.gate && libraries.gate->step == cupti::GateStep::driverRefused);
}

Finding deviceFinding(const LibraryFacts& libraries) {
    if (libraries.deviceName.empty()) {
        const bool others = libraries.deviceCount > 0;
        return bad(
            "device",
            others ? fmt::format("no GPU {}: the driver finds {}", libraries.device, libraries.deviceCount)
                   : "no usable GPU",
            driverWorks(libraries) ? "run 'nvidia-smi' and look at CUDA_VISIBLE_DEVICES" : driverFirst);
    }
    const std::string chip = libraries.chip.empty() ? "" : fmt::format(", chip {}", libraries.chip);
    return good("device", fmt::format("{} (GPU {} of {}{})", libraries.deviceName, libraries.device,
                                      libraries.deviceCount, chip));
}

Finding cuptiFinding(const LibraryFacts& libraries) {
    if (libraries.cuptiError) {
        return bad("cupti", libraries.cuptiError->what(), libraries.cuptiError->hint());
    }
    return good("cupti", fmt::format("CUPTI {} at {}", libraries.cuptiVersion, libraries.cuptiPath));
}

/// The capability that opens admin-only counters to this process; empty where it has none.
std::string openingCapability(const MachineFacts& machine) {
    const auto has = [&](unsigned bit) { return (machine.capabilities >> bit & 1U) != 0; };
    if (has(sysAdminBit)) return "CAP_SYS_ADMIN";
    if (has(perfmonBit) && branchOf(machine.kernelDriver) >= perfmonBranch) return "CAP_PERFMON";
    return {};
}

/// What the driver's parameter and this process's capabilities say, for a machine where nothing was tried.
Finding permissionByRule(const MachineFacts& machine) {
    if (!machine.adminOnly) {
        return bad("permission", "not known: the driver's parameters are not to be read here", driverFirst);
    }
    if (!*machine.adminOnly) {
        return good("permission", "counters are open to everybody (RmProfilingAdminOnly: 0); not tried");
    }
    if (const std::string capability = openingCapability(machine); !capability.empty()) {
        return good(
            "permission",
            fmt::format("counters are for administrators, this process has {}; not tried", capability));
    }
    const cupti::Translation denied = cupti::translate(CUPTI_ERROR_INSUFFICIENT_PRIVILEGES);
    return bad("permission", denied.text + " (RmProfilingAdminOnly: 1)", denied.hint);
}

Finding permissionFinding(const MachineFacts& machine, const LibraryFacts& libraries) {
    if (libraries.sessionTried && !libraries.sessionError) {
        return good("permission", "this process may read the counters (tried)");
    }
    if (libraries.sessionError && !libraries.sessionBusy) {
        return bad("permission", libraries.sessionError->what(), libraries.sessionError->hint());
    }
    const auto step = libraries.gate ? libraries.gate->step : cupti::GateStep::noDriver;
    if (step == cupti::GateStep::profilerRefused || step == cupti::GateStep::deviceUnsupported) {
        return bad("permission", libraries.gate->text, libraries.gate->hint);
    }
    return permissionByRule(machine);
}

std::string listOf(const MachineFacts& machine) {
    std::string list;
    for (const Holder& holder : machine.holders) {
        list += fmt::format("{}{} (pid {})", list.empty() ? "" : ", ", holder.name, holder.pid);
    }
    return list;
}

Finding holdersFinding(const MachineFacts& machine, const LibraryFacts& libraries) {
    const std::string list = listOf(machine);
    const cupti::Translation busy = cupti::translate(CUPTI_ERROR_HARDWARE_BUSY);
    if (libraries.sessionBusy) {
        return bad("holders",
                   list.empty() ? busy.text + "; none of its usual holders runs in sight"
                                : fmt::format("{}: {}", busy.text, list),
                   list.empty() ? "look outside this container, and on other virtual machines of this GPU; "
                                  "on the host 'dcgmi profile --pause'"
                                : freeCounters);
    }
    if (!machine.injection.empty()) {
        return bad(
            "holders",
            fmt::format("a tool is loaded into CUDA programs: CUDA_INJECTION64_PATH={}", machine.injection),
            "run without it: CUPTI serves one tool a process");
    }
    if (list.empty()) return good("holders", "no other program that reads counters is in sight");
    if (libraries.sessionTried && !libraries.sessionError) {
        return good("holders", fmt::format("{} runs, but the counters are free now", list));
    }
    return bad("holders", fmt::format("{} may hold the counters", list), freeCounters);
}

}  // namespace

std::vector<Finding> findings(const MachineFacts& machine, const LibraryFacts& libraries) {
    return {driverFinding(machine, libraries), deviceFinding(libraries), cuptiFinding(libraries),
            permissionFinding(machine, libraries), holdersFinding(machine, libraries)};
}

}  // namespace ridge::doctor
