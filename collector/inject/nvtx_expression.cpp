// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/nvtx_expression.hpp"

#include <algorithm>

namespace ridge::inject {
namespace {

bool matchesPieces(const std::vector<std::string>& pieces, std::string_view name) {
    const std::string& first = pieces.front();
    if (pieces.size() == 1) return name == first;
    const std::string& last = pieces.back();
    if (name.size() < first.size() + last.size() || !name.starts_with(first) || !name.ends_with(last))
        return false;
    name.remove_prefix(first.size());
    name.remove_suffix(last.size());
    for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
        const auto at = name.find(pieces[i]);
        if (at == std::string_view::npos) return false;
        name.remove_prefix(at + pieces[i].size());
    }
    return true;
}

}  // namespace

bool NvtxExpression::Name::matches(std::string_view name) const {
    return pattern ? pattern->isAllOf(name) : matchesPieces(pieces, name);
}

bool NvtxExpression::inDomain(const NvtxRange& range) const {
    return m_domain ? m_domain->matches(range.domain) : range.domain.empty();
}

/// Whether steps from `step` on are in `names`, that one at `index`.
bool NvtxExpression::matchesFrom(std::span<const std::string_view> names, std::size_t index,
                                 std::size_t step) const {
    if (index >= names.size() || !m_steps[step].name.matches(names[index])) return false;
    if (step + 1 == m_steps.size()) return !m_top || index + 1 == names.size();
    switch (m_steps[step + 1].gapBefore) {
        case Gap::none:
            return matchesFrom(names, index + 1, step + 1);
        case Gap::one:
            return matchesFrom(names, index + 2, step + 1);
        case Gap::any:
            break;
    }
    for (std::size_t next = index + 1; next < names.size(); ++next) {
        if (matchesFrom(names, next, step + 1)) return true;
    }
    return false;
}

bool NvtxExpression::matches(std::span<const NvtxRange> stack, std::span<const NvtxRange> started) const {
    std::vector<std::string_view> names;
    for (const NvtxRange& range : m_nested ? stack : started) {
        if (inDomain(range)) names.push_back(range.name);
    }
    if (!m_nested) {
        return std::all_of(m_steps.begin(), m_steps.end(), [&names](const Step& step) {
            return std::any_of(names.begin(), names.end(),
                               [&step](std::string_view name) { return step.name.matches(name); });
        });
    }
    const std::size_t starts = m_bottom ? std::min<std::size_t>(names.size(), 1) : names.size();
    for (std::size_t index = 0; index < starts; ++index) {
        if (matchesFrom(names, index, 0)) return true;
    }
    return false;
}

}  // namespace ridge::inject
