// SPDX-License-Identifier: Apache-2.0
// The kernels a process has launched, each described once, with how often each device ran it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "collector/inject/selection.hpp"

namespace ridge::inject {

/// `launches` by device ordinal, the last of them for all devices beyond.
struct SeenKernel {
    KernelInfo info;
    mutable std::array<std::atomic<std::int64_t>, 16> launches{};

    [[nodiscard]] std::atomic<std::int64_t>& launchesOn(int device) const {
        const auto index = static_cast<std::size_t>(device);
        return launches[index < launches.size() ? index : launches.size() - 1];
    }
};

/// Any thread may call. What it returns lives as long as the catalog.
class KernelCatalog {
 public:
    explicit KernelCatalog(const KernelSelection& selection);

    /// `function` is what the launch was called with: it finds the kernel again without a lock. A handle that
    /// is used anew for another kernel is noticed by the name.
    [[nodiscard]] const SeenKernel& of(const void* function, std::string_view mangled);

 private:
    const SeenKernel& find(std::string_view mangled);

    const KernelSelection& m_selection;
    const std::uint64_t m_identity;
    std::mutex m_mutex;
    std::map<std::string, std::unique_ptr<SeenKernel>, std::less<>> m_kernels;
};

}  // namespace ridge::inject
