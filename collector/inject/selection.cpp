// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/selection.hpp"

#include <algorithm>

namespace ridge::inject {
namespace {

std::optional<NvtxExpression> expressionOf(const Options& options) {
    if (options.nvtx.empty()) return std::nullopt;
    return NvtxExpression::parse(options.nvtx);
}

bool isRidgeRange(const NvtxRange& range) {
    return range.name.starts_with("ridge:");
}

}  // namespace

Quota::Quota(const Options& options)
    : m_startsNow(options.start == Start::now),
      m_skip(options.skip),
      m_count(options.count),
      m_started(m_startsNow) {
    if (m_count && *m_count <= 0) m_exhausted = true;
}

bool Quota::take() noexcept {
    const std::int64_t place = m_matched++ - m_skip;
    if (place < 0) return false;
    if (!m_count) return true;
    if (place + 1 >= *m_count) m_exhausted = true;
    return place < *m_count;
}

void Quota::giveBack(std::int64_t places) noexcept {
    const std::int64_t place = (m_matched -= places) - m_skip;
    if (m_count && place < *m_count) m_exhausted = false;
}

KernelSelection::KernelSelection(const Options& options) : m_quota(options), m_nvtx(expressionOf(options)) {
    if (!options.kernel.empty()) m_kernel.emplace("--kernel", options.kernel);
    for (const std::string& pattern : options.deny) m_denied.emplace_back("--deny", pattern);
}

KernelInfo KernelSelection::describe(std::string_view mangled) const {
    KernelInfo info;
    info.name = kernelName(mangled);
    const auto names = [&info](const Pattern& pattern) {
        return pattern.isIn(info.name.shortName) || pattern.isIn(info.name.full);
    };
    info.matches = !m_kernel || names(*m_kernel);
    info.cannotReplay = waitsForOthers(info.name);
    if (info.cannotReplay.empty() && std::any_of(m_denied.begin(), m_denied.end(), names))
        info.cannotReplay = "--deny names it: it may not be run again";
    return info;
}

Decision KernelSelection::onGraphLaunch(std::span<const KernelInfo* const> kernels) {
    if (!m_quota.isOpen()) return {};
    const bool meant =
        std::any_of(kernels.begin(), kernels.end(), [](const KernelInfo* kernel) { return kernel->matches; });
    if (!meant || !m_quota.take()) return {};
    const auto waits = std::find_if(kernels.begin(), kernels.end(),
                                    [](const KernelInfo* kernel) { return !kernel->cannotReplay.empty(); });
    return replay(waits == kernels.end() ? std::string_view() : (*waits)->cannotReplay);
}

RangeSelection::RangeSelection(const Options& options) : m_quota(options), m_nvtx(expressionOf(options)) {}

bool RangeSelection::choose(std::uint64_t key) {
    const std::lock_guard lock(m_mutex);
    if (m_measured != 0 || !m_quota.take()) return false;
    m_measured = key;
    return true;
}

bool RangeSelection::pushed(std::span<const NvtxRange> stack) {
    if (!m_quota.isOpen()) return false;
    const NvtxRange& range = stack.back();
    if (!m_nvtx) return isRidgeRange(range) && choose(range.key);
    if (!m_nvtx->isNested() || !m_nvtx->mayBeginWith(range)) return false;
    // It begins with the range that makes the expression true, not with any range inside that one.
    const bool before = m_nvtx->matches(stack.first(stack.size() - 1), {});
    return !before && m_nvtx->matches(stack, {}) && choose(range.key);
}

bool RangeSelection::started(const NvtxRange& range, std::span<const NvtxRange> started) {
    if (!m_quota.isOpen()) return false;
    if (!m_nvtx) return isRidgeRange(range) && choose(range.key);
    if (m_nvtx->isNested()) return false;
    std::vector<NvtxRange> before;
    for (const NvtxRange& other : started) {
        if (other.key != range.key) before.push_back(other);
    }
    return !m_nvtx->matches({}, before) && m_nvtx->matches({}, started) && choose(range.key);
}

bool RangeSelection::closed(std::uint64_t key) {
    if (m_measured != key) return false;
    m_measured = 0;
    return true;
}

}  // namespace ridge::inject
