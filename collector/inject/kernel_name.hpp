// SPDX-License-Identifier: Apache-2.0
// Names of kernels: as the compiler mangled them, as people read them, and those that must not be replayed.
#pragma once

#include <string>
#include <string_view>

namespace ridge::inject {

struct KernelName {
    std::string mangled;
    std::string full;       ///< demangled; the mangled one where it is none (C, Triton)
    std::string shortName;  ///< without return type, template arguments and parameters
};

[[nodiscard]] KernelName kernelName(std::string_view mangled);

/// Why kernel replay would hang this kernel: it waits for another one, which waits for it, so that it never
/// ends alone. Empty for any other kernel.
[[nodiscard]] std::string_view waitsForOthers(const KernelName& name);

}  // namespace ridge::inject
