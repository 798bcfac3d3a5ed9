// SPDX-License-Identifier: Apache-2.0
// The kernels a process has launched, each described once, with how often each device ran it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
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
    /// It was launched where nobody can tell whether it ran: `launches` cannot be held against another run's.
    mutable std::atomic<bool> isMiscounted{false};

    [[nodiscard]] std::atomic<std::int64_t>& launchesOn(int device) const {
        const auto index = static_cast<std::size_t>(device);
        return launches[index < launches.size() ? index : launches.size() - 1];
    }
};

/// What a thread launched lately, by what it launched it with.
class RecentKernels {
 public:
    struct Entry {
        const void* function = nullptr;
        const SeenKernel* kernel = nullptr;
    };
    [[nodiscard]] Entry& of(const void* function) noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(function);
        return m_entries[(address >> 4 ^ address >> 10) % m_entries.size()];
    }

 private:
    std::array<Entry, 64> m_entries{};
};

/// Any thread may call. What it returns lives as long as the catalog.
class KernelCatalog {
 public:
    explicit KernelCatalog(const KernelSelection& selection) : m_selection(selection) {}

    /// `function` is what the launch was called with: it finds the kernel again without a lock, in `recent`,
    /// the thread's own. A handle that is used anew for another kernel is noticed by the name.
    [[nodiscard]] const SeenKernel& of(const void* function, const char* mangled, RecentKernels& recent) {
        RecentKernels::Entry& known = recent.of(function);
        if (known.kernel == nullptr || known.function != function ||
            std::strcmp(known.kernel->info.name.mangled.c_str(), mangled) != 0) {
            known = {function, &of(mangled)};
        }
        return *known.kernel;
    }
    [[nodiscard]] const SeenKernel& of(std::string_view mangled);

 private:
    const KernelSelection& m_selection;
    std::mutex m_mutex;
    std::map<std::string, std::unique_ptr<SeenKernel>, std::less<>> m_kernels;
};

}  // namespace ridge::inject
