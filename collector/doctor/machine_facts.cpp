// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/machine_facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>
#include <string_view>

#include "collector/doctor/container.hpp"
#include "collector/doctor/proc.hpp"

namespace ridge::doctor {
namespace {

namespace fs = std::filesystem;

/// Process names (the kernel keeps 15 characters) of DCGM, its exporter and load test, NVIDIA's profilers and
/// debugger, and of our own worker for another run.
constexpr std::array<std::string_view, 12> holderNames{"nv-hostengine",  "dcgm-exporter",   "dcgmproftester1",
                                                       "nsys",           "nsys-launcher",   "ncu",
                                                       "nv-nsight-cu",   "nv-nsight-cu-cl", "cuda-gdb",
                                                       "cuda-gdbserver", "cuda-gdb-minima", "ridge-worker"};

/// The value behind "KEY:" at the start of a line; empty where there is none.
std::string valueOf(const std::string& text, const std::string& key) {
    std::smatch match;
    const std::regex line("(^|\n)" + key + R"(:\s*(\S+))");
    return std::regex_search(text, match, line) ? match[2].str() : std::string();
}

std::string kernelDriver(const fs::path& root) {
    const std::string text = contentOf(root / "proc/driver/nvidia/version");
    std::smatch match;
    static const std::regex release(R"(Kernel Module[^\n]*?\s(\d+\.\d+(\.\d+)?)\s)");
    return std::regex_search(text, match, release) ? match[1].str() : std::string();
}

std::optional<bool> adminOnly(const fs::path& root) {
    const std::string value = valueOf(contentOf(root / "proc/driver/nvidia/params"), "RmProfilingAdminOnly");
    if (value.empty()) return std::nullopt;
    return value != "0";
}

std::uint64_t capabilities(const fs::path& root) {
    const std::string text = valueOf(contentOf(root / "proc/self/status"), "CapEff");
    std::uint64_t bits = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), bits, 16);
    return result.ec == std::errc{} ? bits : 0;
}

std::vector<Holder> holders(const fs::path& root) {
    std::vector<Holder> found;
    std::error_code ignored;
    const std::string own = contentOf(root / "proc/self/stat");
    const int ownPid = wholeNumber(own.substr(0, own.find(' ')));
    for (const auto& entry : fs::directory_iterator(root / "proc", ignored)) {
        const int pid = wholeNumber(entry.path().filename().string());
        if (pid < 0 || pid == ownPid) continue;
        const std::string name = processName(pid, root);
        if (std::find(holderNames.begin(), holderNames.end(), name) != holderNames.end()) {
            found.push_back({name, pid});
        }
    }
    std::sort(found.begin(), found.end(), [](const Holder& a, const Holder& b) { return a.pid < b.pid; });
    return found;
}

/// PCI vendor 10de, class 03xxxx (display: graphics and compute alike).
int gpusOnBus(const fs::path& root) {
    int count = 0;
    std::error_code ignored;
    for (const auto& device : fs::directory_iterator(root / "sys/bus/pci/devices", ignored)) {
        const bool nvidia = contentOf(device.path() / "vendor").starts_with("0x10de");
        count += nvidia && contentOf(device.path() / "class").starts_with("0x03") ? 1 : 0;
    }
    return count;
}

int deviceNodes(const fs::path& root) {
    constexpr std::string_view prefix = "nvidia";
    int count = 0;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(root / "dev", ignored)) {
        const std::string name = entry.path().filename().string();
        count += name.starts_with(prefix) && wholeNumber(name.substr(prefix.size())) >= 0 ? 1 : 0;
    }
    return count;
}

/// Microsoft's kernels say so in their release: "5.15.153.1-microsoft-standard-WSL2",
/// "4.4.0-19041-Microsoft".
bool isWsl(const fs::path& root) {
    const std::string release = contentOf(root / "proc/sys/kernel/osrelease");
    return release.find("microsoft") != std::string::npos || release.find("Microsoft") != std::string::npos;
}

/// "5.15.148-tegra", "5.15.136-l4t-r36.3-1009.9+g46cdb595bebc".
bool isJetson(const fs::path& root) {
    const std::string release = contentOf(root / "proc/sys/kernel/osrelease");
    return release.find("-tegra") != std::string::npos || release.find("-l4t") != std::string::npos;
}

}  // namespace

MachineFacts readMachine(const fs::path& root) {
    const auto environment = environmentOf(root / "proc/self/environ");
    MachineFacts facts;
    facts.kernelDriver = kernelDriver(root);
    facts.adminOnly = adminOnly(root);
    facts.capabilities = capabilities(root);
    facts.holders = holders(root);
    if (const auto tool = environment.find("CUDA_INJECTION64_PATH"); tool != environment.end())
        facts.injection = tool->second;
    if (const auto visible = environment.find("CUDA_VISIBLE_DEVICES"); visible != environment.end())
        facts.visible = visible->second;
    facts.container = containerOf(root, environment);
    facts.gpusOnBus = gpusOnBus(root);
    facts.deviceNodes = deviceNodes(root);
    std::error_code ignored;
    facts.nouveau = fs::exists(root / "sys/module/nouveau", ignored);
    facts.jetson = isJetson(root);
    facts.wsl = isWsl(root);
    return facts;
}

std::string processName(int pid, const fs::path& root) {
    const std::string text = contentOf(root / "proc" / std::to_string(pid) / "comm");
    return text.substr(0, text.find('\n'));
}

int branchOf(const std::string& driverRelease) {
    int branch = 0;
    std::from_chars(driverRelease.data(), driverRelease.data() + driverRelease.size(), branch);
    return branch;
}

}  // namespace ridge::doctor
