// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/kernel_name.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace ridge::inject {
namespace {

constexpr std::string_view anonymous = "(anonymous namespace)";

std::string demangled(const std::string& mangled) {
    if (!mangled.starts_with("_Z")) return mangled;  // a kernel of C named `f` is not a float
    const std::unique_ptr<char, void (*)(void*)> text(
        abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, nullptr), std::free);
    return text ? std::string(text.get()) : mangled;
}

std::string shortened(std::string_view full) {
    if (full.starts_with("void ")) full.remove_prefix(5);
    std::string name;
    int depth = 0;  // of template arguments
    for (std::size_t i = 0; i < full.size(); ++i) {
        const char c = full[i];
        if (depth == 0 && full.substr(i).starts_with(anonymous)) {
            name += anonymous;
            i += anonymous.size() - 1;
        } else if (c == '<') {
            ++depth;
        } else if (c == '>') {
            if (depth > 0 && full[i - 1] != '-') --depth;
        } else if (depth == 0) {
            if (c == '(') break;
            name += c;
        }
    }
    return name.empty() ? std::string(full) : name;
}

/// A library's kernels, by a text their names begin with after the last "::", or have anywhere.
struct Waiting {
    std::string_view text;
    bool anywhere;
    std::string_view reason;
};

constexpr std::array<Waiting, 13> waiting{{
    {"ncclDevKernel", false, "NCCL kernels of all GPUs wait for one another"},
    {"ncclKernel", false, "NCCL kernels of all GPUs wait for one another"},
    {"ncclSym", false, "NCCL kernels of all GPUs wait for one another"},
    {"mscclKernel", false, "MSCCL kernels of all GPUs wait for one another"},
    {"nvshmem", true, "NVSHMEM kernels of all GPUs wait for one another"},
    {"deep_ep::", true, "DeepEP kernels of all GPUs wait for one another"},
    {"cross_device_reduce", false, "custom all-reduce kernels of all GPUs wait for one another"},
    {"allreduce_fusion_kernel", false, "all-reduce kernels of all GPUs wait for one another"},
    {"ShotAllReduceKernel", true, "all-reduce kernels of all GPUs wait for one another"},
    {"shot_all_reduce", true, "symmetric-memory kernels of all GPUs wait for one another"},
    {"multimem_all_", false, "symmetric-memory kernels of all GPUs wait for one another"},
    {"multimem_one_shot", false, "symmetric-memory kernels of all GPUs wait for one another"},
    {"barrier_kernel", false, "a barrier between GPUs waits for the others"},
}};

}  // namespace

KernelName kernelName(std::string_view mangled) {
    KernelName name;
    name.mangled = mangled;
    name.full = demangled(name.mangled);
    name.shortName = shortened(name.full);
    return name;
}

std::string_view waitsForOthers(const KernelName& name) {
    const std::string_view whole = name.shortName;
    const auto colons = whole.rfind("::");
    const std::string_view last = colons == std::string_view::npos ? whole : whole.substr(colons + 2);
    const auto found = std::find_if(waiting.begin(), waiting.end(), [whole, last](const Waiting& known) {
        return known.anywhere ? whole.find(known.text) != std::string_view::npos
                              : last.starts_with(known.text);
    });
    return found == waiting.end() ? std::string_view() : found->reason;
}

}  // namespace ridge::inject
