// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/kernel_catalog.hpp"

#include <utility>

namespace ridge::inject {
namespace {

/// What this thread launched lately. A catalog is told by its number: an address may be used again.
struct Recent {
    std::uint64_t catalog = 0;
    const void* function = nullptr;
    const SeenKernel* kernel = nullptr;
};
constexpr std::size_t recentCount = 64;

Recent& recent(const void* function) {
    static thread_local std::array<Recent, recentCount> table{};
    const auto address = reinterpret_cast<std::uintptr_t>(function);
    return table[(address >> 4 ^ address >> 10) % recentCount];
}

std::atomic<std::uint64_t> catalogs{0};

}  // namespace

KernelCatalog::KernelCatalog(const KernelSelection& selection)
    : m_selection(selection), m_identity(++catalogs) {}

const SeenKernel& KernelCatalog::of(const void* function, std::string_view mangled) {
    Recent& known = recent(function);
    if (known.catalog == m_identity && known.function == function &&
        known.kernel->info.name.mangled == mangled) {
        return *known.kernel;
    }
    const SeenKernel& kernel = find(mangled);
    known = {m_identity, function, &kernel};
    return kernel;
}

const SeenKernel& KernelCatalog::find(std::string_view mangled) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_kernels.find(mangled);
    if (found != m_kernels.end()) return *found->second;
    auto fresh = std::make_unique<SeenKernel>();
    fresh->info = m_selection.describe(mangled);
    return *m_kernels.emplace(std::string(mangled), std::move(fresh)).first->second;
}

}  // namespace ridge::inject
