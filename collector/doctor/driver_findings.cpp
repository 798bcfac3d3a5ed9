// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/driver_findings.hpp"

#include <fmt/format.h>

#include "collector/cupti/toolkit.hpp"

namespace ridge::doctor {
namespace {

using cupti::GateStep;

constexpr int builtFor = cupti::cudaMajor;
constexpr int neededBranch = cupti::oldestDriverBranch(builtFor);
constexpr int neededCapability = 80;  ///< the oldest that this build has kernels for

constexpr const char* orModel = "; without one, model a device: ridge collect PLAN --model NAME";

Finding stopping(const char* name, std::string text, std::string remedy) {
    return bad(name, ExitCode::noGpu, std::move(text), std::move(remedy));
}

std::string versionText(int cuda) {
    return fmt::format("{}.{}", cuda / 1000, cuda % 1000 / 10);
}

std::string cudaText(int version) {
    return version == 0 ? std::string() : fmt::format(" (CUDA {})", versionText(version));
}

std::string install(const MachineFacts& machine) {
    return fmt::format("install NVIDIA's driver R{} or newer{}{}", neededBranch,
                       machine.wsl ? " in Windows, and none inside WSL" : "", orModel);
}

std::string reload(const MachineFacts& machine) {
    if (machine.wsl) return "update NVIDIA's driver in Windows, then restart WSL: 'wsl --shutdown'";
    return "load the kernel module: 'modprobe nvidia', or reboot after a driver update";
}

/// The driver's release by whoever tells it; under WSL and in closed containers the module does not.
struct Release {
    std::string text;  ///< empty: nobody tells
    int branch = 0;    ///< at least this one; 0: not known
};

Release releaseOf(const MachineFacts& machine, const LibraryFacts& libraries) {
    const int major = libraries.cudaVersion / 1000;
    const int byCuda = major >= 12 ? cupti::oldestDriverBranch(major) : 0;
    if (!machine.kernelDriver.empty()) {
        const int branch = branchOf(machine.kernelDriver);
        constexpr int newestJetsonLinux = 99;  // no driver's branch is that low
        return {machine.kernelDriver, machine.jetson && branch <= newestJetsonLinux ? byCuda : branch};
    }
    if (!libraries.nvmlDriver.empty()) return {libraries.nvmlDriver, branchOf(libraries.nvmlDriver)};
    return {{}, byCuda};
}

std::string remedyForOld(const MachineFacts& machine, int branch) {
    // JetPack 6 came with CUDA 12, JetPack 7 with CUDA 13.
    if (machine.jetson) return fmt::format("install JetPack {} or newer", builtFor >= 13 ? 7 : 6);
    return (machine.wsl ? "in Windows: " : "") + cupti::remedyForOldDriver(branch);
}

/// How a container gets GPUs and the driver's libraries; empty outside of one.
std::string passGpusIn(Container container) {
    switch (container) {
        case Container::none:
            return {};
        case Container::docker:
            return "start the container with '--gpus all' (NVIDIA Container Toolkit)";
        case Container::podman:
            return "start the container with '--device nvidia.com/gpu=all' (NVIDIA Container Toolkit, CDI)";
        case Container::kubernetes:
            return "ask for a GPU in the pod: resources: limits: nvidia.com/gpu: 1";
        case Container::apptainer:
            return "start it with 'apptainer exec --nv'";
        case Container::lxc:
        case Container::other:
            break;
    }
    return "pass the GPU's device nodes and the driver's libraries into the container";
}

GateStep stepOf(const LibraryFacts& libraries) {
    return libraries.gate ? libraries.gate->step : GateStep::open;
}

/// What the gate sends to the doctor, the doctor has to answer.
std::string remedyFor(const cupti::Gate& gate) {
    if (gate.driverStatus == CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ||
        gate.driverStatus == CUDA_ERROR_SYSTEM_NOT_READY) {
        return gate.hint;
    }
    return "load its second module: 'modprobe nvidia-uvm'; else look for NVRM and Xid lines in 'dmesg'";
}

Finding noDriver(const MachineFacts& machine) {
    if (machine.nouveau) {
        return stopping("driver", "the nouveau driver holds the GPU, NVIDIA's is not loaded",
                        "install NVIDIA's driver R580 or newer, which blocks nouveau, and reboot");
    }
    if (machine.gpusOnBus > 0) {
        return stopping("driver",
                        fmt::format("no NVIDIA driver, though {} of its GPUs {} on the bus",
                                    machine.gpusOnBus, machine.gpusOnBus == 1 ? "is" : "are"),
                        install(machine));
    }
    return stopping("driver",
                    machine.wsl ? "Windows gives WSL no NVIDIA driver" : "no NVIDIA driver on this machine",
                    install(machine));
}

/// libcuda alone finds no device; WSL shows no module either.
bool lacksModule(const MachineFacts& machine, const LibraryFacts& libraries) {
    return libraries.cudaLibrary && machine.kernelDriver.empty() && machine.deviceNodes == 0 &&
           machine.container == Container::none && !machine.wsl && stepOf(libraries) == GateStep::noDevice;
}

bool sessionWorked(const LibraryFacts& libraries) {
    return libraries.sessionTried && !libraries.sessionError;
}

std::string noDeviceRemedy(const MachineFacts& machine) {
    if (machine.wsl) return reload(machine) + ", and Windows must be 11, or 10 from 21H2 on";
    return "look for NVRM and Xid lines in 'dmesg', and whether this user may open /dev/nvidia0";
}

Finding tooOld(const MachineFacts& machine, const Release& release, const LibraryFacts& libraries) {
    const std::string driver =
        release.text.empty() ? fmt::format("the driver's libcuda takes CUDA {} at most and",
                                           versionText(libraries.cudaVersion))
                             : fmt::format("driver {}{}", release.text, cudaText(libraries.cudaVersion));
    return stopping("driver",
                    fmt::format("{} is too old for this build, which is for CUDA {} and drivers from R{} on",
                                driver, builtFor, neededBranch),
                    remedyForOld(machine, release.branch));
}

/// Nothing speaks against the driver: what is known of it, and by which way where not by its module.
Finding workingDriver(const MachineFacts& machine, const Release& release, const LibraryFacts& libraries) {
    if (!release.text.empty()) {
        return good("driver",
                    fmt::format("NVIDIA driver {}{}{}", release.text, cudaText(libraries.cudaVersion),
                                machine.kernelDriver.empty() ? ", as NVML tells it" : ""));
    }
    if (libraries.cudaVersion > 0) {
        return good("driver",
                    fmt::format("NVIDIA driver whose libcuda takes CUDA {}, as from R{} on; its release "
                                "is not told here",
                                versionText(libraries.cudaVersion), release.branch));
    }
    if (sessionWorked(libraries))
        return good("driver", "NVIDIA driver of unknown release, under which counters were read (tried)");
    return unknown(
        "driver",
        fmt::format("not known whether the driver is R{} or newer: no module, NVML nor libcuda tells "
                    "its release",
                    neededBranch));
}

}  // namespace

bool driverWorks(const MachineFacts& machine, const LibraryFacts& libraries) {
    return libraries.cudaLibrary && stepOf(libraries) != GateStep::driverRefused &&
           !lacksModule(machine, libraries);
}

Finding driverFinding(const MachineFacts& machine, const LibraryFacts& libraries) {
    const Release release = releaseOf(machine, libraries);
    if (!libraries.cudaLibrary && release.text.empty()) return noDriver(machine);
    if (!libraries.cudaLibrary) {
        const std::string into = passGpusIn(machine.container);
        return stopping(
            "driver",
            fmt::format("driver {} is loaded, but its libcuda.so.1 is not to be found here", release.text),
            into.empty() ? "install the CUDA library of that driver (Debian: libcuda1), in that very release"
                         : into);
    }
    if (lacksModule(machine, libraries)) {
        return stopping("driver", "libcuda.so.1 is there, but the driver's kernel module is not loaded",
                        machine.gpusOnBus > 0 ? reload(machine)
                                              : "no NVIDIA GPU is in sight on the bus either: model one: "
                                                "ridge collect PLAN --model NAME");
    }
    // A compatibility libcuda can serve an older kernel module: what was tried and works is not too old.
    const bool old = release.branch < neededBranch && (!release.text.empty() || libraries.cudaVersion > 0);
    if (old && !sessionWorked(libraries)) return tooOld(machine, release, libraries);
    if (stepOf(libraries) == GateStep::driverRefused) {
        return stopping("driver", libraries.gate->text,
                        machine.kernelDriver.empty() ? reload(machine) : remedyFor(*libraries.gate));
    }
    return workingDriver(machine, release, libraries);
}

Finding deviceFinding(const MachineFacts& machine, const LibraryFacts& libraries) {
    const std::string visible =
        machine.visible ? fmt::format(" (CUDA_VISIBLE_DEVICES is '{}')", *machine.visible) : std::string();
    if (libraries.deviceName.empty() && !driverWorks(machine, libraries))
        return unknown("device", "not known before the driver works");
    if (libraries.deviceName.empty() && libraries.deviceCount > 0) {
        return stopping(
            "device",
            fmt::format("no GPU {}: the driver finds {}{}", libraries.device, libraries.deviceCount, visible),
            fmt::format("choose one of 0 to {}: --device", libraries.deviceCount - 1));
    }
    if (libraries.deviceName.empty()) {
        const std::string into = machine.deviceNodes == 0 ? passGpusIn(machine.container) : std::string();
        if (!into.empty()) return stopping("device", "no usable GPU: there is no /dev/nvidia0 in here", into);
        if (!libraries.uuid.empty()) {
            return stopping(
                "device", fmt::format("no GPU {}: the driver finds none of that UUID", libraries.uuid),
                "name one by its index (--device 0), or all; where none is found by index either, "
                "that says why");
        }
        return stopping("device", "no usable GPU: the driver finds none" + visible,
                        visible.empty() ? noDeviceRemedy(machine)
                                        : "unset CUDA_VISIBLE_DEVICES, or name in it a GPU that is there");
    }
    const std::string name =
        fmt::format("{} (GPU {} of {}{})", libraries.deviceName, libraries.device, libraries.deviceCount,
                    libraries.chip.empty() ? "" : fmt::format(", chip {}", libraries.chip));
    if (libraries.computeCapability > 0 && libraries.computeCapability < neededCapability) {
        return stopping("device",
                        fmt::format("{} has compute capability {}.{}: no kernel of this build runs on it",
                                    name, libraries.computeCapability / 10, libraries.computeCapability % 10),
                        "use a GPU of 8.0 (Ampere) or newer, or model one: ridge collect PLAN --model NAME");
    }
    if (libraries.sessionError &&
        libraries.sessionResult == CUPTI_SUCCESS) {  // the context, not the counters
        return stopping("device", fmt::format("{}: {}", name, libraries.sessionError->what()),
                        libraries.sessionError->hint());
    }
    return good("device", name);
}

Finding cuptiFinding(const LibraryFacts& libraries) {
    if (libraries.cuptiError) {
        return bad("cupti", ExitCode::failed, libraries.cuptiError->what(), libraries.cuptiError->hint());
    }
    const std::string found = fmt::format("CUPTI {} at {}", libraries.cuptiVersion, libraries.cuptiPath);
    const bool broken = libraries.sessionError && libraries.sessionResult != CUPTI_SUCCESS &&
                        !concernsPermission(libraries) && !concernsHolders(libraries);
    if (broken) {
        return bad(
            "cupti", libraries.sessionError->code(),
            fmt::format("{}: {}", found, libraries.sessionError->what()),
            fmt::format("CUPTI {} needs driver R{} or newer; with one, reboot, and report it if it stays",
                        builtFor, neededBranch));
    }
    return good("cupti", found);
}

}  // namespace ridge::doctor
