// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/machine_facts.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge::doctor;
namespace fs = std::filesystem;

namespace {

/// A root folder with a /proc of its own, removed with the object.
class Root {
 public:
    Root& with(const std::string& file, const std::string& content) {
        fs::create_directories((m_folder / file).parent_path());
        std::ofstream(m_folder / file, std::ios::binary) << content;
        return *this;
    }
    [[nodiscard]] MachineFacts read() const { return readMachine(m_folder.path()); }

 private:
    ridge::test::TemporaryFolder m_folder;
};

}  // namespace

TEST_CASE("a machine with nothing of NVIDIA's says nothing") {
    const MachineFacts facts = Root().read();
    CHECK(facts.kernelDriver.empty());
    CHECK_FALSE(facts.adminOnly);
    CHECK(facts.capabilities == 0);
    CHECK(facts.holders.empty());
    CHECK(facts.injection.empty());
    CHECK_FALSE(facts.visible);
    CHECK(facts.container == Container::none);
    CHECK(facts.gpusOnBus == 0);
    CHECK(facts.deviceNodes == 0);
    CHECK_FALSE(facts.nouveau);
    CHECK_FALSE(facts.wsl);
    CHECK_FALSE(facts.jetson);
}

TEST_CASE("Linux under Windows is known by its kernel's release") {
    const auto isWsl = [](const char* release) {
        return Root().with("proc/sys/kernel/osrelease", release).read().wsl;
    };
    CHECK(isWsl("5.15.153.1-microsoft-standard-WSL2\n"));
    CHECK(isWsl("4.4.0-19041-Microsoft\n"));
    CHECK_FALSE(isWsl("6.1.0-18-amd64\n"));
}

TEST_CASE("a Jetson is known by its kernel's release") {
    const auto isJetson = [](const char* release) {
        return Root().with("proc/sys/kernel/osrelease", release).read().jetson;
    };
    CHECK(isJetson("5.15.148-tegra\n"));                           // modular/mojo-gpu-puzzles #257
    CHECK(isJetson("5.15.136-l4t-r36.3-1009.9+g46cdb595bebc\n"));  // OE4T/meta-tegra #1566
    CHECK_FALSE(isJetson("6.1.0-18-amd64\n"));
}

// Lines that users of other projects on GitHub put into the issues named; the words of the proprietary module
// as NVIDIA's README tells them.
TEST_CASE("the release of the proprietary and of the open kernel module is read") {
    const auto releaseIn = [](const std::string& line) {
        return Root()
            .with("proc/driver/nvidia/version", line + "\nGCC version:  gcc version 12.2.0 (GCC) \n")
            .read()
            .kernelDriver;
    };
    CHECK(releaseIn(
              "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023") ==
          "535.104.05");
    const std::string open = "NVRM version: NVIDIA UNIX Open Kernel Module for ";
    // nix-community/nixGL #121, without a date; #186; hyprwm/Hyprland #6715, of two numbers; nixGL #139, a
    // Jetson
    CHECK(releaseIn(open + "x86_64  525.60.11  Release Build  (archlinux-builder@localhost)  ") ==
          "525.60.11");
    CHECK(releaseIn(
              open +
              "x86_64  565.57.01  Release Build  (dvs-builder@U16-A24-9-2)  Thu Oct 10 12:15:00 UTC 2024") ==
          "565.57.01");
    CHECK(releaseIn(open +
                    "x86_64  555.58  Release Build  (portage@localhost)  Sat Jun 29 14:36:22 MSK 2024") ==
          "555.58");
    CHECK(releaseIn(open + "aarch64  35.3.1  Release Build  (buildbrain@mobile-u64-6289-d7000)  Sun Mar 19 "
                           "08:09:33 PDT 2023") == "35.3.1");
    CHECK(branchOf("580.65.06") == 580);
    CHECK(branchOf("") == 0);
}

TEST_CASE("the driver's parameter tells who may profile") {
    Root root;
    // As the driver writes them: NVIDIA/nvidia-container-toolkit #115.
    const std::string before =
        "ResmanDebugLevel: 4294967295\nRmLogonRC: 1\nModifyDeviceFiles: 0\nDeviceFileUID: 0\nDeviceFileGID: "
        "0\n"
        "DeviceFileMode: 438\nInitializeSystemMemoryAllocations: 1\nUsePageAttributeTable: 4294967295\n"
        "EnableMSI: 1\nEnablePCIeGen3: 0\nMemoryPoolSize: 0\nKMallocHeapMaxSize: 0\nVMallocHeapMaxSize: 0\n"
        "IgnoreMMIOCheck: 0\nTCEBypassMode: 0\nEnableStreamMemOPs: 0\nEnableUserNUMAManagement: 1\n"
        "NvLinkDisable: 0\n";
    const std::string after = "PreserveVideoMemoryAllocations: 0\nEnableS0ixPowerManagement: 0\n";
    root.with("proc/driver/nvidia/params", before + "RmProfilingAdminOnly: 1\n" + after);
    CHECK(root.read().adminOnly == true);
    root.with("proc/driver/nvidia/params", before + "RmProfilingAdminOnly: 0\n" + after);
    CHECK(root.read().adminOnly == false);
    root.with("proc/driver/nvidia/params", before + after);
    CHECK_FALSE(root.read().adminOnly);
    root.with("proc/driver/nvidia/params", "NotRmProfilingAdminOnly: 0\n");
    CHECK_FALSE(root.read().adminOnly);
}

TEST_CASE("effective capabilities are read as bits") {
    Root root;
    root.with("proc/self/status", "Name:\tridge\nCapInh:\t0000000000000000\nCapEff:\t0000004000200000\n");
    CHECK(root.read().capabilities == (1ULL << 38 | 1ULL << 21));
}

TEST_CASE("programs that read counters are found by name among all processes") {
    Root root;
    root.with("proc/812/comm", "nv-hostengine\n").with("proc/77/comm", "ncu\n").with("proc/9/comm", "bash\n");
    root.with("proc/self/comm", "ncu\n").with("proc/5x/comm", "nsys\n");
    root.with("proc/self/stat", "90 (ridge-worker) S 1").with("proc/90/comm", "ridge-worker\n");
    const MachineFacts facts = root.read();
    REQUIRE(facts.holders.size() == 2);
    CHECK(facts.holders[0].name == "ncu");
    CHECK(facts.holders[0].pid == 77);
    CHECK(facts.holders[1].name == "nv-hostengine");
}

TEST_CASE("a tool that is loaded into CUDA programs is found in the environment") {
    Root root;
    using namespace std::string_literals;
    root.with("proc/self/environ",
              "NOT_CUDA_INJECTION64_PATH=/x\0CUDA_INJECTION64_PATH=/opt/tool.so\0HOME=/r\0"s);
    CHECK(root.read().injection == "/opt/tool.so");
    root.with("proc/self/environ", "CUDA_INJECTION64_PATHS=/x\0HOME=/r"s);
    CHECK(root.read().injection.empty());
}

TEST_CASE("the devices that are shown and the GPUs that are there are counted") {
    Root root;
    using namespace std::string_literals;
    root.with("proc/self/environ", "A=1\0CUDA_VISIBLE_DEVICES=\0"s);
    root.with("dev/nvidia0", "")
        .with("dev/nvidia12", "")
        .with("dev/nvidiactl", "")
        .with("dev/nvidia-uvm", "");
    root.with("sys/bus/pci/devices/0000:3b:00.0/vendor", "0x10de\n")
        .with("sys/bus/pci/devices/0000:3b:00.0/class", "0x030200\n")
        .with("sys/bus/pci/devices/0000:3b:00.1/vendor", "0x10de\n")
        .with("sys/bus/pci/devices/0000:3b:00.1/class", "0x040300\n")
        .with("sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086\n")
        .with("sys/bus/pci/devices/0000:00:02.0/class", "0x030000\n")
        .with("sys/module/nouveau/version", "1\n");
    const MachineFacts facts = root.read();
    REQUIRE(facts.visible);
    CHECK(facts.visible->empty());
    CHECK(facts.deviceNodes == 2);
    CHECK(facts.gpusOnBus == 1);
    CHECK(facts.nouveau);
}

TEST_CASE("a container is known by what its engine leaves behind") {
    using namespace std::string_literals;
    const auto of = [](const std::string& file, const std::string& content) {
        return Root().with(file, content).read().container;
    };
    CHECK(of(".dockerenv", "") == Container::docker);
    CHECK(of("run/.containerenv", "engine=\"podman-4.3.1\"\n") == Container::podman);
    CHECK(of(".singularity.d/runscript", "") == Container::apptainer);
    CHECK(of("var/run/secrets/kubernetes.io/serviceaccount/token", "") == Container::kubernetes);
    CHECK(of("proc/self/environ", "KUBERNETES_SERVICE_HOST=10.0.0.1\0"s) == Container::kubernetes);
    CHECK(of("proc/self/environ", "SINGULARITY_CONTAINER=/x.sif\0"s) == Container::apptainer);
    CHECK(of("proc/self/environ", "container=oci\0"s) == Container::other);
    CHECK(of("proc/1/environ", "container=lxc\0"s) == Container::lxc);
    CHECK(of("proc/1/cgroup", "0::/system.slice/docker-4f2a.scope\n") == Container::docker);
    CHECK(of("proc/1/cgroup", "12:pids:/kubepods/burstable/pod1/abc\n") == Container::kubernetes);
    CHECK(of("proc/1/cgroup", "0::/machine.slice/libpod-9c.scope/container\n") == Container::podman);
    CHECK(of("proc/1/cgroup", "0::/init.scope\n") == Container::none);
    CHECK(of("proc/1/cgroup", "0::/\n") == Container::none);
}

TEST_CASE("a pod is a pod, whatever engine runs it") {
    Root root;
    root.with(".dockerenv", "").with("proc/1/cgroup", "0::/kubepods.slice/docker-1.scope\n");
    CHECK(root.read().container == Container::docker);
    root.with("var/run/secrets/kubernetes.io/serviceaccount/token", "");
    CHECK(root.read().container == Container::kubernetes);
}
