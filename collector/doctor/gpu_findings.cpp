// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/gpu_findings.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "collector/doctor/driver_findings.hpp"
#include "collector/nvml/clock_events.hpp"

namespace ridge::doctor {
namespace {

using nvml::DeviceState;
using nvml::Virtualization;

/// Below this share of free memory, plans that fill a GPU lose points.
constexpr double roomyShare = 0.8;
/// nvmlClocksEventReasons: sw_thermal, hw_thermal; sw_power_cap, hw_slowdown, hw_power_brake; application
/// clocks.
constexpr std::uint64_t thermalEvents = 0x60, powerEvents = 0x8c, setClocks = 0x2;

std::string onHost(const MachineFacts& machine) {
    return machine.container == Container::none ? "" : "on the host, ";
}

Finding migFinding(const DeviceState& gpu) {
    if (!gpu.mig) return unknown("mig", "not told: this GPU does not partition, or NVML cannot say");
    if (!*gpu.mig) return good("mig", "MIG is off");
    return advice("mig", "MIG is on: an instance that shares its memory delivers no DRAM and no L2 counters",
                  "use a compute instance that owns its GPU instance whole, or turn MIG off");
}

Finding virtualFinding(const DeviceState& gpu, bool counted) {
    if (!gpu.virtualization) return unknown("virtual", "not told whether this GPU is a virtual one");
    switch (*gpu.virtualization) {
        case Virtualization::none:
            return good("virtual", "no virtual GPU");
        case Virtualization::passthrough:
            return good("virtual", "a whole GPU, passed through to this virtual machine");
        case Virtualization::vgpu:
            if (counted) return good("virtual", "a virtual GPU whose counters may be read (tried)");
            return advice("virtual", "a virtual GPU: its hypervisor decides about counters",
                          "ask its administrator to enable profiling for this vGPU");
        case Virtualization::hostVgpu:
        case Virtualization::hostVsga:
            break;
    }
    return advice("virtual", "this GPU serves virtual machines: DRAM counters see their traffic",
                  "measure while they are stopped");
}

Finding confidentialFinding(const LibraryFacts& libraries, bool counted) {
    if (!libraries.confidential)
        return unknown("confidential", "not told whether confidential computing is on");
    if (!*libraries.confidential) return good("confidential", "confidential computing is off");
    if (counted)
        return good("confidential", "confidential computing is on, and the counters may be read (tried)");
    return advice("confidential", "confidential computing is on, which closes the counters",
                  "turn confidential computing off for this GPU");
}

/// "python (pid 77, 12.3 GB)"; in a container the numbers are the host's, and /proc here would name others.
std::string textOf(const GpuUser& user) {
    std::string text = user.name.empty() ? fmt::format("process {}", user.pid)
                                         : fmt::format("{} (pid {})", user.name, user.pid);
    if (user.memoryBytes)
        text += fmt::format(" with {:.1f} GB", 1e-9 * static_cast<double>(*user.memoryBytes));
    return text;
}

Finding sharingFinding(const LibraryFacts& libraries, const DeviceState& gpu) {
    std::string list;
    for (const GpuUser& user : libraries.users) list += (list.empty() ? "" : ", ") + textOf(user);
    if (!list.empty()) {
        return advice(
            "sharing", fmt::format("others use this GPU, and DRAM counters see their traffic: {}", list),
            "end them, or measure on another GPU; points measured meanwhile are flagged shared_device");
    }
    if (gpu.displayActive.value_or(false)) {
        return advice("sharing", "this GPU drives a display, and DRAM counters see its traffic",
                      "measure on another GPU, or without the desktop");
    }
    if (!gpu.compute && !gpu.graphics) return unknown("sharing", "not told who else uses this GPU");
    return good("sharing", "nobody else uses this GPU, as far as can be seen from here");
}

Finding memoryFinding(const DeviceState& gpu) {
    if (!gpu.memoryBytes || !gpu.freeMemoryBytes || *gpu.memoryBytes <= 0) {
        return unknown("memory", "not told how much memory is free");
    }
    const auto total = static_cast<double>(*gpu.memoryBytes);
    const auto free = static_cast<double>(*gpu.freeMemoryBytes);
    const std::string text = fmt::format("{:.1f} of {:.1f} GB are free", 1e-9 * free, 1e-9 * total);
    if (free >= roomyShare * total) return good("memory", text);
    return advice("memory", text, "end what holds the rest: points that do not fit are skipped");
}

void append(std::string& list, const std::string& item) {
    list += (list.empty() ? "" : ", ") + item;
}

Finding clocksFinding(const DeviceState& gpu) {
    std::string text;
    const auto clock = [&](const char* name, std::optional<double> now, std::optional<double> most) {
        if (!now) return;
        append(text, fmt::format("{} {:.0f}{} MHz", name, 1e-6 * *now,
                                 most ? fmt::format(" of {:.0f}", 1e-6 * *most) : std::string()));
    };
    clock("SM", gpu.now.smClockHz, gpu.maxSmClockHz);
    clock("memory", gpu.now.memoryClockHz, gpu.maxMemoryClockHz);
    if (gpu.now.temperatureC) append(text, fmt::format("{:.0f} C", *gpu.now.temperatureC));
    if (gpu.now.powerW) {
        append(text,
               fmt::format("{:.0f}{} W", *gpu.now.powerW,
                           gpu.powerLimitW ? fmt::format(" of {:.0f}", *gpu.powerLimitW) : std::string()));
    }
    if (text.empty()) return unknown("clocks", "not told");
    return good("clocks", text);
}

Finding throttlingFinding(const MachineFacts& machine, const DeviceState& gpu) {
    if (!gpu.now.clockEvents) return unknown("throttling", "not told what holds the clocks back");
    const std::uint64_t events = *gpu.now.clockEvents;
    if (!nvml::isThrottling(events)) {
        return good("throttling", (events & setClocks) != 0
                                      ? "the clocks are held at what somebody set them to"
                                      : "nothing holds the clocks back");
    }
    std::string remedy = "see who set it (display and synchronised clocks)";
    if ((events & powerEvents) != 0) remedy = "look at its power limit and supply";
    if ((events & thermalEvents) != 0) remedy = "cool it";
    return advice("throttling", fmt::format("the clocks are held back: {}", nvml::clockEventText(events)),
                  onHost(machine) + remedy + "; points measured meanwhile are flagged throttled");
}

Finding persistenceFinding(const MachineFacts& machine, const DeviceState& gpu) {
    if (!gpu.persistence) return unknown("persistence", "not told whether the driver stays loaded");
    if (*gpu.persistence) return good("persistence", "persistence mode is on");
    return advice("persistence",
                  "persistence mode is off: the driver lets go of an idle GPU, so every start takes longer",
                  onHost(machine) + "as root: 'systemctl enable --now nvidia-persistenced'");
}

Finding eccFinding(const DeviceState& gpu) {
    if (!gpu.ecc) return unknown("ecc", "not told: this GPU has no ECC mode, or NVML cannot say");
    const auto text = [](bool on) { return on ? "on" : "off"; };
    if (gpu.eccAfterReboot && *gpu.eccAfterReboot != *gpu.ecc) {
        return advice("ecc",
                      fmt::format("ECC is {}, and {} from the next reset on", text(*gpu.ecc),
                                  text(*gpu.eccAfterReboot)),
                      "reset or reboot first: bandwidths under different ECC modes do not compare");
    }
    return good("ecc", fmt::format("ECC is {}", text(*gpu.ecc)));
}

}  // namespace

std::vector<Finding> gpuFindings(const MachineFacts& machine, const LibraryFacts& libraries) {
    if (!libraries.gpu) {
        if (!driverWorks(machine, libraries) || libraries.deviceName.empty())
            return {unknown("state", "not known before driver and device work")};
        return {unknown("state", "modes, users, memory and clocks are not told: " + libraries.noState)};
    }
    const DeviceState& gpu = *libraries.gpu;
    if (gpu.lost) {
        return {bad("state", ExitCode::noGpu, "the GPU has fallen off the bus or needs a reset",
                    onHost(machine) + "look for Xid lines in 'dmesg', then reset the GPU or reboot")};
    }
    const bool counted = libraries.sessionTried && !libraries.sessionError;
    return {migFinding(gpu),
            virtualFinding(gpu, counted),
            confidentialFinding(libraries, counted),
            sharingFinding(libraries, gpu),
            memoryFinding(gpu),
            clocksFinding(gpu),
            throttlingFinding(machine, gpu),
            persistenceFinding(machine, gpu),
            eccFinding(gpu)};
}

}  // namespace ridge::doctor
