// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/nvtx_ranges.hpp"

#include <algorithm>
#include <iterator>

namespace ridge::inject {
namespace {

void append(std::string& text, const char* separator, const NvtxRange& range) {
    if (!text.empty()) text += separator;
    if (!range.domain.empty()) text += range.domain + "@";
    text += range.name;
}

}  // namespace

int ThreadRanges::push(NvtxRange range) {
    const auto level = std::count_if(m_stack.begin(), m_stack.end(), [&range](const NvtxRange& other) {
        return other.domain == range.domain;
    });
    m_stack.push_back(std::move(range));
    return static_cast<int>(level);
}

std::optional<NvtxRange> ThreadRanges::pop(const std::string& domain) {
    const auto latest = std::find_if(m_stack.rbegin(), m_stack.rend(),
                                     [&domain](const NvtxRange& range) { return range.domain == domain; });
    if (latest == m_stack.rend()) return std::nullopt;
    NvtxRange closed = std::move(*latest);
    m_stack.erase(std::next(latest).base());
    return closed;
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
