// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/pattern.hpp"

#include <fmt/core.h>

#include <optional>

#include "db/model/error.hpp"

namespace ridge::inject {
namespace {

constexpr auto syntax() {
    auto flags = std::regex::ECMAScript | std::regex::optimize;
#ifdef __GLIBCXX__
    flags |= std::regex_constants::__polynomial;  // libstdc++'s executor that does not recurse
#endif
    return flags;
}

/// What is wrong with it; nullopt where nothing is.
std::optional<std::string> fault(const std::string& text) {
    try {
        static_cast<void>(std::regex(text, syntax()));
        return std::nullopt;
    } catch (const std::regex_error& error) {
        switch (error.code()) {
            case std::regex_constants::error_brack:
                return "'[' without ']'";
            case std::regex_constants::error_paren:
                return "unbalanced parenthesis";
            case std::regex_constants::error_brace:
                return "'{' without '}'";
            case std::regex_constants::error_badbrace:
                return "'{}' needs numbers that do not fall";
            case std::regex_constants::error_range:
                return "a range of characters that falls";
            case std::regex_constants::error_escape:
                return "an escape that does not exist";
            case std::regex_constants::error_complexity:
                return "too complex: no back references here";
            case std::regex_constants::error_space:
                return "too large once its repetitions are written out";
            default:
                return error.what();
        }
    }
}

/// Length of the longest beginning that is an expression: what follows it is where the fault begins.
std::size_t soundLength(const std::string& text) {
    for (std::size_t length = text.size(); length > 0; --length) {
        if (!fault(text.substr(0, length))) return length;
    }
    return 0;
}

std::regex compiled(std::string_view noun, const std::string& text, std::string_view whole,
                    std::size_t offset) {
    if (auto what = fault(text)) {
        const std::size_t sound = soundLength(text);
        // libstdc++ 12 calls a parenthesis unbalanced where a quantifier has nothing before it.
        if (std::string_view("*+?").find(text[sound]) != std::string_view::npos)
            what = "nothing before it to repeat";
        throw Error(ExitCode::usage,
                    fmt::format("{} '{}', position {}: {}", noun, whole, offset + sound + 1, *what),
                    "regular expressions are ECMAScript's; \\ before a character makes it plain");
    }
    return std::regex(text, syntax());
}

}  // namespace

Pattern::Pattern(std::string_view noun, const std::string& text) : Pattern(noun, text, text, 0) {}

Pattern::Pattern(std::string_view noun, const std::string& text, std::string_view whole, std::size_t offset)
    : m_regex(compiled(noun, text, whole, offset)) {}

bool Pattern::isIn(std::string_view name) const {
    return std::regex_search(name.begin(), name.end(), m_regex);
}

bool Pattern::isAllOf(std::string_view name) const {
    return std::regex_match(name.begin(), name.end(), m_regex);
}

}  // namespace ridge::inject
