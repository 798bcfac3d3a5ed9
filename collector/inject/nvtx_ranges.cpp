// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/nvtx_ranges.hpp"

#include <algorithm>

namespace ridge::inject {
namespace {

void append(std::string& text, const char* separator, const NvtxRange& range) {
    if (!text.empty()) text += separator;
    if (!range.domain.empty()) text += range.domain + "@";
    text += range.name;
}

}  // namespace

int ThreadRanges::countOf(std::string_view domain) const noexcept {
    const auto open = stack();
    return static_cast<int>(std::count_if(
        open.begin(), open.end(), [domain](const NvtxRange& range) { return range.domain == domain; }));
}

int ThreadRanges::push(std::string_view domain, std::string_view name, std::uint64_t key) {
    const int level = countOf(domain);
    if (m_open == m_ranges.size()) m_ranges.emplace_back();
    NvtxRange& range = m_ranges[m_open];
    if (range.domain != domain) range.domain = domain;
    range.name = name;
    range.key = key;
    ++m_open;
    ++m_version;
    return level;
}

const NvtxRange* ThreadRanges::latest(std::string_view domain) const noexcept {
    const auto open = stack();
    const auto found = std::find_if(open.rbegin(), open.rend(),
                                    [domain](const NvtxRange& range) { return range.domain == domain; });
    return found == open.rend() ? nullptr : &*found;
}

int ThreadRanges::close(const NvtxRange& range) noexcept {
    const auto at = m_ranges.begin() + (&range - m_ranges.data());
    const auto top = m_ranges.begin() + static_cast<std::ptrdiff_t>(m_open) - 1;
    if (at != top) std::rotate(at, at + 1, top + 1);
    --m_open;
    ++m_version;
    return countOf(top->domain);
}

std::optional<int> ThreadRanges::pop(std::string_view domain) noexcept {
    const NvtxRange* closing = latest(domain);
    if (closing == nullptr) return std::nullopt;
    return close(*closing);
}

void ThreadRanges::clear() noexcept {
    m_open = 0;
    ++m_version;
}

void StartedRanges::start(std::uint64_t id, NvtxRange range) {
    const std::lock_guard lock(m_mutex);
    m_open.insert_or_assign(id, std::move(range));
}

std::optional<NvtxRange> StartedRanges::end(std::uint64_t id) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_open.find(id);
    if (found == m_open.end()) return std::nullopt;
    NvtxRange ended = std::move(found->second);
    m_open.erase(found);
    return ended;
}

std::vector<NvtxRange> StartedRanges::open() const {
    const std::lock_guard lock(m_mutex);
    std::vector<NvtxRange> ranges;
    ranges.reserve(m_open.size());
    for (const auto& [id, range] : m_open) ranges.push_back(range);
    return ranges;
}

std::string nvtxText(std::span<const NvtxRange> stack, std::span<const NvtxRange> started) {
    std::string text;
    for (const NvtxRange& range : stack) append(text, "/", range);
    for (const NvtxRange& range : started) append(text, ", ", range);
    return text;
}

}  // namespace ridge::inject
