// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/kernel_catalog.hpp"

#include <utility>

namespace ridge::inject {

const SeenKernel& KernelCatalog::of(std::string_view mangled) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_kernels.find(mangled);
    if (found != m_kernels.end()) return *found->second;
    auto fresh = std::make_unique<SeenKernel>();
    fresh->info = m_selection.describe(mangled);
    return *m_kernels.emplace(std::string(mangled), std::move(fresh)).first->second;
}

}  // namespace ridge::inject
