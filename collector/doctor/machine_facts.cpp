// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/machine_facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <regex>
#include <string_view>

namespace ridge::doctor {
namespace {

namespace fs = std::filesystem;

/// Process names (the kernel keeps 15 characters) of DCGM, its exporter, and NVIDIA's profilers and debugger.
constexpr std::array<std::string_view, 7> holderNames{
    "nv-hostengine", "dcgm-exporter", "nsys", "nsys-launcher", "ncu", "cuda-gdb", "nv-nsight-cu"};

std::string contentOf(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

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
    for (const auto& entry : fs::directory_iterator(root / "proc", ignored)) {
        const std::string folder = entry.path().filename().string();
        int pid = 0;
        const auto number = std::from_chars(folder.data(), folder.data() + folder.size(), pid);
        if (number.ec != std::errc{} || number.ptr != folder.data() + folder.size()) continue;
        std::string name = contentOf(entry.path() / "comm");
        name = name.substr(0, name.find('\n'));
        if (std::find(holderNames.begin(), holderNames.end(), name) != holderNames.end()) {
            found.push_back({name, pid});
        }
    }
    std::sort(found.begin(), found.end(), [](const Holder& a, const Holder& b) { return a.pid < b.pid; });
    return found;
}

std::string injection(const fs::path& root) {
    const std::string text = contentOf(root / "proc/self/environ");
    constexpr std::string_view key = "CUDA_INJECTION64_PATH=";
    for (std::size_t at = 0; at < text.size(); at = text.find('\0', at) + 1) {
        if (text.compare(at, key.size(), key) == 0) return text.c_str() + at + key.size();
        if (text.find('\0', at) == std::string::npos) break;
    }
    return {};
}

}  // namespace

MachineFacts readMachine(const fs::path& root) {
    return {kernelDriver(root), adminOnly(root), capabilities(root), holders(root), injection(root)};
}

int branchOf(const std::string& driverRelease) {
    int branch = 0;
    std::from_chars(driverRelease.data(), driverRelease.data() + driverRelease.size(), branch);
    return branch;
}

}  // namespace ridge::doctor
