// SPDX-License-Identifier: Apache-2.0
// A regular expression (ECMAScript) that is safe to run on any thread of a foreign program.
#pragma once

#include <regex>
#include <string>
#include <string_view>

namespace ridge::inject {

/// Matching takes no stack that grows with the name: kernel names reach kilobytes, foreign threads may have
/// little. No back references, therefore. Const members may be called from any number of threads.
class Pattern {
 public:
    /// Throws ridge::Error (usage): "NOUN 'TEXT', position 3: ...". `offset` is where `text` begins in
    /// `whole`, which is what the message quotes.
    Pattern(std::string_view noun, const std::string& text);
    Pattern(std::string_view noun, const std::string& text, std::string_view whole, std::size_t offset);

    /// Anywhere in `name`.
    [[nodiscard]] bool isIn(std::string_view name) const;
    /// From its first to its last character.
    [[nodiscard]] bool isAllOf(std::string_view name) const;

 private:
    std::regex m_regex;
};

}  // namespace ridge::inject
