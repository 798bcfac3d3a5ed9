// SPDX-License-Identifier: Apache-2.0
// Which NVTX ranges are meant: Nsight Compute's filter expressions, and whether open ranges satisfy one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/inject/nvtx_ranges.hpp"
#include "collector/inject/pattern.hpp"

namespace ridge::inject {

/// [regex:][DOMAIN@]RANGES, after Nsight Compute's documentation of --nvtx-include ("NVTX Filtering"):
///   A,B     inside both of these start/end ranges
///   A/      inside the push/pop range A, wherever it is in the thread's stack of that domain
///   A/B     B pushed right onto A;   A/+/B one range between them;   A/*/B any number, none included
///   [A      A at the bottom of the stack;   A] at its top
/// Without DOMAIN@ (or with "<default domain>@") it is NVTX's default domain. \ makes @ , [ ] / * + \ plain.
/// After `regex:` each name, the domain's too, is a regular expression for a whole name, and /[ at the
/// beginning or /] at the end is a bracket of one. Added here: an unescaped * within a name of an expression
/// without `regex:` stands for any characters. Const members may be called from any number of threads.
class NvtxExpression {
 public:
    /// Throws ridge::Error (usage): the position (from 1) and what was expected there.
    [[nodiscard]] static NvtxExpression parse(std::string_view text);

    /// `stack`: push/pop ranges of the launching thread, bottom first, of any domain; `started`: start/end
    /// ranges of the process.
    [[nodiscard]] bool matches(std::span<const NvtxRange> stack, std::span<const NvtxRange> started) const;
    /// Whether pushing this range can make an expression of push/pop ranges true: its last name is this
    /// one's.
    [[nodiscard]] bool mayBeginWith(const NvtxRange& range) const {
        return inDomain(range) && m_steps.back().name.matches(range.name);
    }
    /// Whether it speaks of push/pop ranges.
    [[nodiscard]] bool isNested() const noexcept { return m_nested; }

 private:
    friend class NvtxExpressionParser;

    /// A name with `*` in it, or a regular expression.
    struct Name {
        std::vector<std::string> pieces;  ///< literal text between the stars
        std::optional<Pattern> pattern;
        [[nodiscard]] bool matches(std::string_view name) const;
    };
    enum class Gap { none, one, any };
    struct Step {
        Gap gapBefore = Gap::none;
        Name name;
    };

    [[nodiscard]] bool inDomain(const NvtxRange& range) const;
    [[nodiscard]] bool matchesFrom(std::span<const std::string_view> names, std::size_t index,
                                   std::size_t step) const;

    std::optional<Name> m_domain;  ///< nullopt: the default one
    std::vector<Step> m_steps;
    bool m_nested = false, m_bottom = false, m_top = false;
};

}  // namespace ridge::inject
